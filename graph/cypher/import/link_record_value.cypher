// Draw these links from records that are hidden until their import is approved to bare identifiers, made if they are new.
// scope:   approve
// params:  links, op_id
// returns: id
UNWIND $links AS row
MATCH (a:Record {id: row.from}) WHERE VISIBLE(a) AND a.class = 'PENDING'
MERGE (b:Value {id: row.to}) ON CREATE SET b.kind = row.to_kind
CREATE (a)-[r:$(row.kind) {aud: row.gate.aud, level: row.gate.level, comp: row.gate.comp, class: row.gate.class, until: row.gate.until, id: row.id, audience: row.gate.audience, op_id: $op_id}]->(b)
SET r += row.said
RETURN r.id AS id ORDER BY id
