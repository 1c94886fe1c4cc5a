// Which records were withdrawn by then?
// scope:   purge
// params:  before, first
// returns: gates, id
MATCH (n:Record)-[:HEAD]->(v:Version)
WHERE n.class = 'WITHDRAWN' AND v.recorded_at <= $before AND VISIBLE(n) AND VISIBLE(v)
RETURN [[n.id, n.audience, n.level, n.comp, n.class, n.until]] AS gates, n.id AS id ORDER BY id LIMIT $first
