// Draw these links between bare identifiers, made if they are new.
// scope:   read
// params:  links, op_id
// returns: id
UNWIND $links AS row
MERGE (a:Value {id: row.from}) ON CREATE SET a.kind = row.from_kind
MERGE (b:Value {id: row.to}) ON CREATE SET b.kind = row.to_kind
CREATE (a)-[r:$(row.kind) {aud: row.gate.aud, level: row.gate.level, comp: row.gate.comp, class: row.gate.class, until: row.gate.until, id: row.id, audience: row.gate.audience, op_id: $op_id}]->(b)
SET r += row.said
RETURN r.id AS id ORDER BY id
