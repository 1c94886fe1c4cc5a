// Draw these links from bare identifiers, made if they are new, to records that are hidden until their import is approved.
// scope:   approve
// params:  links, op_id
// returns: id
UNWIND $links AS row
MATCH (b:Record {id: row.to}) WHERE VISIBLE(b) AND b.class = 'PENDING'
MERGE (a:Value {id: row.from}) ON CREATE SET a.kind = row.from_kind
CREATE (a)-[r:$(row.kind) {aud: row.gate.aud, level: row.gate.level, comp: row.gate.comp, class: row.gate.class, until: row.gate.until, id: row.id, audience: row.gate.audience, op_id: $op_id}]->(b)
SET r += row.said
RETURN r.id AS id ORDER BY id
