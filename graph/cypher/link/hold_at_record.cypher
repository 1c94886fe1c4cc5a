// Which link of this record is this, and may the writer see it with both its ends? Its start is held until his transaction ends, so that nobody else closes it meanwhile.
// scope:   read
// params:  from, id
// returns: gates, kind, from, to
MATCH (a:Record {id: $from})-[r:LINKED]->(b)
WHERE r.id = $id AND VISIBLE(r) AND VISIBLE(a) AND REACHED(b)
SET a.kind = a.kind
RETURN [[r.id, r.audience, r.level, r.comp, r.class, r.until]] AS gates, type(r) AS kind, a.id AS from, b.id AS to ORDER BY r.id LIMIT 1
