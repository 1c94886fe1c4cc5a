// Which of these records, held before, lapsed by then?
// scope:   purge
// params:  ids, before
// returns: gates, id
MATCH (n:Record)-[:HEAD]->(v:Version)
WHERE n.id IN $ids AND n.until <= $before AND VISIBLE(n) AND VISIBLE(v)
RETURN [[n.id, n.audience, n.level, n.comp, n.class, n.until]] AS gates, n.id AS id ORDER BY id
