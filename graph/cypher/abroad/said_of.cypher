// Which records do visible assertions join to these records of other states, or part from them, and when was each recorded?
// scope:   walk
// params:  ids, valid_at, most
// returns: gates, said
// past:    yes
MATCH (b:Record) WHERE b.of IN $ids AND VISIBLE(b)
MATCH (a:Record)-[r:SAME_AS|NOT_SAME_AS]->(b)
WHERE VISIBLE(r) AND VISIBLE(a) AND ($valid_at IS NULL OR (r.valid_from <= $valid_at AND $valid_at < r.valid_to))
WITH a, r, b ORDER BY r.id LIMIT $most
RETURN [[r.id, r.audience, r.level, r.comp, r.class, r.until], [a.id, a.audience, a.level, a.comp, a.class, a.until], [b.id, b.audience, b.level, b.comp, b.class, b.until]] AS gates, [type(r), r.recorded_at, a.id, b.of] AS said ORDER BY r.id
