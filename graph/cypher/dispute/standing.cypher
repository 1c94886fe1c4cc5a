// Is this record of this state, held before, disputed, and by whom?
// scope:   read
// params:  id, owner
// returns: gates, disputed, disputed_by
MATCH (n:Record {id: $id})-[:HEAD]->(v:Version)
WHERE v.owner = $owner AND VISIBLE(n) AND VISIBLE(v)
RETURN [[n.id, n.audience, n.level, n.comp, n.class, n.until], [n.id, v.audience, v.level, v.comp, v.class, v.until]] AS gates, v.disputed AS disputed, v.disputed_by AS disputed_by ORDER BY n.id LIMIT 1
