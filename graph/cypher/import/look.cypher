// Which of these records, held before, may the officer see, how many versions has each had, and which links has it, after one and up to so many?
// scope:   read
// params:  ids, after, most
// returns: gates, id, nth, links
MATCH (n:Record)-[:HEAD]->(v:Version)
WHERE n.id IN $ids AND VISIBLE(n) AND VISIBLE(v)
RETURN [[n.id, n.audience, n.level, n.comp, n.class, n.until], [n.id, v.audience, v.level, v.comp, v.class, v.until]] AS gates, n.id AS id, v.nth AS nth,
  COLLECT {
    MATCH (n)-[r:LINKED]-(m)
    WHERE VISIBLE(r) AND REACHED(m) AND r.id > $after
    WITH r, m ORDER BY r.id LIMIT $most
    RETURN [r.id, startNode(r).id] AS link ORDER BY r.id } AS links ORDER BY id
