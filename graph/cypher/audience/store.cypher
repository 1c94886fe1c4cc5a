// Keep what is published of these audiences: each a record of its own that nothing is joined to, which names the account that it is of.
// scope:   read
// params:  audiences, op_id
// returns: id
UNWIND $audiences AS row
CREATE (n:Record:Audience {aud: row.gate.aud, level: row.gate.level, comp: row.gate.comp, class: row.gate.class, until: row.gate.until, id: row.id, kind: 'audience', audience: row.gate.audience})
CREATE (n)-[:HEAD]->(v:Version {aud: row.gate.aud, level: row.gate.level, comp: row.gate.comp, class: row.gate.class, until: row.gate.until, audience: row.gate.audience, op_id: $op_id, nth: 1, kind: 'audience', record: row.id})
SET v += row.said
RETURN n.id AS id ORDER BY id
