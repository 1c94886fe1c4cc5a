// Store these new records of an import that waits: each is hidden by its own class alone, and its first version and its name keys carry the gates that they are to have.
// scope:   approve
// params:  records, op_id
// returns: id
UNWIND $records AS row
CREATE (n:Record:$(row.label) {aud: row.gate.aud, level: row.gate.level, comp: row.gate.comp, class: 'PENDING', until: row.gate.until, id: row.id, kind: row.kind, audience: row.gate.audience})
CREATE (n)-[:HEAD]->(v:Version {aud: row.gate.aud, level: row.gate.level, comp: row.gate.comp, class: row.gate.class, until: row.gate.until, audience: row.gate.audience, op_id: $op_id, nth: 1, kind: row.kind, record: row.id})
SET v += row.said
FOREACH (key IN row.keys |
  MERGE (k:Key {id: key})
  CREATE (n)-[:KEYED {aud: row.gate.aud, level: row.gate.level, comp: row.gate.comp, class: row.gate.class, until: row.gate.until}]->(k))
RETURN n.id AS id ORDER BY id
