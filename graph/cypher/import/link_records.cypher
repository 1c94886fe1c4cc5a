// Draw these links between records that the writer may see, one of which at least is hidden until its import is approved.
// scope:   approve
// params:  links, op_id
// returns: id
UNWIND $links AS row
MATCH (a:Record {id: row.from}) WHERE VISIBLE(a)
MATCH (b:Record {id: row.to}) WHERE VISIBLE(b)
CREATE (a)-[r:$(row.kind) {aud: row.gate.aud, level: row.gate.level, comp: row.gate.comp, class: row.gate.class, until: row.gate.until, id: row.id, audience: row.gate.audience, op_id: $op_id}]->(b)
SET r += row.said
RETURN r.id AS id ORDER BY id
