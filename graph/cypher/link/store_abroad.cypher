// Draw these links from records that the writer may see to what stands here for another state's records, a new one for each link.
// scope:   read
// params:  links, op_id
// returns: id
UNWIND $links AS row
MATCH (a:Record {id: row.from}) WHERE VISIBLE(a)
CREATE (b:Record:Foreign {aud: row.abroad.gate.aud, level: row.abroad.gate.level, comp: row.abroad.gate.comp, class: row.abroad.gate.class, until: row.abroad.gate.until, id: row.abroad.id, kind: 'foreign', audience: row.abroad.gate.audience, of: row.to})
CREATE (a)-[r:$(row.kind) {aud: row.gate.aud, level: row.gate.level, comp: row.gate.comp, class: row.gate.class, until: row.gate.until, id: row.id, audience: row.gate.audience, op_id: $op_id}]->(b)
SET r += row.said
RETURN r.id AS id ORDER BY id
