// Which people, gangs and accounts are named by any of these keys, and what are they called?
// scope:   read
// params:  keys, labels, most
// returns: gates, id, kind, names
MATCH (k:Key)<-[r:KEYED]-(n:Record)-[:HEAD]->(v:Version)
WHERE k.id IN $keys AND VISIBLE(r) AND VISIBLE(n) AND VISIBLE(v) AND n.kind IN $labels
WITH DISTINCT n, v ORDER BY n.id LIMIT $most
RETURN [[n.id, n.audience, n.level, n.comp, n.class, n.until], [n.id, v.audience, v.level, v.comp, v.class, v.until]] AS gates, n.id AS id, n.kind AS kind, coalesce(v.names, v.handle) AS names ORDER BY id
