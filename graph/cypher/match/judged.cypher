// Of which two is it asserted that they are one, that they are not, or that it cannot be told, after one?
// scope:   match
// params:  after, first
// returns: gates, one, other
MATCH (a:Record)-[s:SAME_AS|NOT_SAME_AS|UNSURE]->(b:Record)
WHERE s.id > $after AND VISIBLE(a) AND VISIBLE(s) AND VISIBLE(b)
RETURN [[s.id, s.audience, s.level, s.comp, s.class, s.until]] AS gates, a.id AS one, b.id AS other ORDER BY s.id LIMIT $first
