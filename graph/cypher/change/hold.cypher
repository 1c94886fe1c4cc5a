// What does this change ask for, and what does it name? It is held until the transaction ends, so that it is settled once.
// scope:   approve
// params:  id
// returns: gates, asked, names
MATCH (n:Record:Change)-[:HEAD]->(v:Version)
WHERE n.id = $id AND VISIBLE(n) AND VISIBLE(v)
SET n.kind = n.kind
RETURN [[n.id, n.audience, n.level, n.comp, n.class, n.until], [n.id, v.audience, v.level, v.comp, v.class, v.until]] AS gates, v.asked AS asked, v.names AS names ORDER BY n.id LIMIT 1
