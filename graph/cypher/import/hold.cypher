// Which of these records of an import that waits may the officer see? They are held until his transaction ends.
// scope:   approve
// params:  ids
// returns: gates, id, aud, audience, level, comp, class, until
MATCH (n:Record)-[:HEAD]->(v:Version)
WHERE n.id IN $ids AND VISIBLE(n) AND VISIBLE(v) AND n.class = 'PENDING'
SET n.kind = n.kind
RETURN [[n.id, n.audience, n.level, n.comp, n.class, n.until], [n.id, v.audience, v.level, v.comp, v.class, v.until]] AS gates, n.id AS id, n.aud AS aud, n.audience AS audience, n.level AS level, n.comp AS comp, n.class AS class, n.until AS until ORDER BY id
