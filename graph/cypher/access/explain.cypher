// Whose is this record, and by which gate does the viewer see it?
// scope:   read
// params:  id
// returns: gates, id, audience, level, comp, class, until
MATCH (n:Record {id: $id})-[:HEAD]->(v:Version)
WHERE VISIBLE(n) AND VISIBLE(v)
RETURN [[n.id, n.audience, n.level, n.comp, n.class, n.until]] AS gates, n.id AS id, n.audience AS audience, n.level AS level, n.comp AS comp, n.class AS class, n.until AS until ORDER BY id
