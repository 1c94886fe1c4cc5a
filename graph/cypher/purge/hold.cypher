// Which of these records are there? They are held until the transaction ends; when they end is asked after that alone.
// scope:   purge
// params:  ids
// returns: gates, id
MATCH (n:Record)
WHERE n.id IN $ids AND VISIBLE(n)
SET n.kind = n.kind
RETURN [[n.id, n.audience, n.level, n.comp, n.class, n.until]] AS gates, n.id AS id ORDER BY id
