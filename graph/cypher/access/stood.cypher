// At which version do these records stand? Every revision writes another.
// scope:   read
// params:  ids
// returns: gates, id, op_id
MATCH (n:Record)-[:HEAD]->(v:Version)
WHERE n.id IN $ids AND VISIBLE(n) AND VISIBLE(v)
RETURN [[n.id, n.audience, n.level, n.comp, n.class, n.until], [n.id, v.audience, v.level, v.comp, v.class, v.until]] AS gates, n.id AS id, v.op_id AS op_id ORDER BY id
