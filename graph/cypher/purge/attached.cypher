// Which acts of followers, and which audiences, hang on these accounts?
// scope:   purge
// params:  ids, most
// returns: gates, id
MATCH (n:Record)-[:HEAD|WAS]->(v:Version)
WHERE v.account IN $ids AND VISIBLE(n) AND VISIBLE(v)
RETURN DISTINCT [[n.id, n.audience, n.level, n.comp, n.class, n.until]] AS gates, n.id AS id ORDER BY id LIMIT $most
