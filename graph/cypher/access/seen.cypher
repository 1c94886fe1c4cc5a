// Which of these records may the viewer see, and by which gates?
// scope:   read
// params:  ids
// returns: gates, id, aud, audience, level, comp, class, until
MATCH (n:Record)-[:HEAD]->(v:Version)
WHERE n.id IN $ids AND VISIBLE(n) AND VISIBLE(v)
RETURN [[n.id, n.audience, n.level, n.comp, n.class, n.until]] AS gates, n.id AS id, n.aud AS aud, n.audience AS audience, n.level AS level, n.comp AS comp, n.class AS class, n.until AS until ORDER BY id
