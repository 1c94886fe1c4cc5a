// Which assertions that two records are one, or are not, stand at these on that day, when was each recorded, whose is it, and how may it be used? One of another state is called by its id there.
// scope:   walk
// params:  ids, valid_at, most
// returns: gates, said
// past:    yes
MATCH (a:Record) WHERE (a.id IN $ids OR a.of IN $ids) AND VISIBLE(a)
MATCH (a)-[r:SAME_AS|NOT_SAME_AS]-(b)
WHERE VISIBLE(r) AND REACHED(b) AND ($valid_at IS NULL OR (r.valid_from <= $valid_at AND $valid_at < r.valid_to))
WITH a, r, b ORDER BY a.id, r.id LIMIT $most
RETURN [[r.id, r.audience, r.level, r.comp, r.class, r.until], [a.id, a.audience, a.level, a.comp, a.class, a.until], [b.id, b.audience, b.level, b.comp, b.class, b.until]] AS gates, [type(r), r.recorded_at, coalesce(a.of, a.id), coalesce(b.of, b.id), r.owner, r.handling] AS said ORDER BY a.id, r.id
