// When was this record of this state first recorded, as far as its reviewer sees?
// scope:   review
// params:  id
// returns: gates, since
MATCH (n:Record {id: $id})-[:HEAD|WAS]->(v:Version)
WHERE VISIBLE(n) AND VISIBLE(v)
RETURN [[n.id, n.audience, n.level, n.comp, n.class, n.until], [n.id, v.audience, v.level, v.comp, v.class, v.until]] AS gates, v.recorded_at AS since ORDER BY v.nth, v.record, n.id LIMIT 1
