// Let these matches stand in the queues of the records' units, where both records are there still.
// scope:   match
// params:  matches
// returns: -
UNWIND $matches AS row
MATCH (a:Record), (b:Record)
WHERE a.id = row.names[0] AND b.id = row.names[1] AND VISIBLE(a) AND VISIBLE(b)
CREATE (m:Record:Match {aud: row.gate.aud, level: row.gate.level, comp: row.gate.comp, class: row.gate.class, until: row.gate.until, id: row.id, kind: 'match', audience: row.gate.audience})
CREATE (m)-[:HEAD]->(v:Version {aud: row.gate.aud, level: row.gate.level, comp: row.gate.comp, class: row.gate.class, until: row.gate.until, audience: row.gate.audience, nth: 1, names: row.names, by: row.by, bears: row.bears, queue: row.queue, unless: row.unless, queued: row.id})
