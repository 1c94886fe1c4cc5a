// Let these matches stand in the queue of the records' owner.
// scope:   match
// params:  matches
// returns: -
UNWIND $matches AS row
CREATE (m:Record:Match {aud: row.gate.aud, level: row.gate.level, comp: row.gate.comp, class: row.gate.class, until: row.gate.until, id: row.id, kind: 'match', audience: row.gate.audience})
CREATE (m)-[:HEAD]->(v:Version {aud: row.gate.aud, level: row.gate.level, comp: row.gate.comp, class: row.gate.class, until: row.gate.until, audience: row.gate.audience, nth: 1, names: row.names, number: row.number, bears: row.bears})
