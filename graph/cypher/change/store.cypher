// Let these changes wait for a second officer: as records of their own, of a class that is read in mode approve alone.
// scope:   approve
// params:  changes, op_id
// returns: id
UNWIND $changes AS row
CREATE (n:Record:Change {aud: row.gate.aud, level: row.gate.level, comp: row.gate.comp, class: row.gate.class, until: row.gate.until, id: row.id, kind: 'change', audience: row.gate.audience})
CREATE (n)-[:HEAD]->(v:Version {aud: row.gate.aud, level: row.gate.level, comp: row.gate.comp, class: row.gate.class, until: row.gate.until, audience: row.gate.audience, op_id: $op_id, nth: 1})
SET v += row.said
RETURN n.id AS id ORDER BY id
