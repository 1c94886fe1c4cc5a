// Which matches stand that have not lapsed, after one?
// scope:   match
// params:  after, first
// returns: gates, id
MATCH (m:Record:Match)-[:HEAD]->(v:Version)
WHERE m.id > $after AND VISIBLE(m) AND VISIBLE(v)
RETURN [[m.id, m.audience, m.level, m.comp, m.class, m.until], [m.id, v.audience, v.level, v.comp, v.class, v.until]] AS gates, m.id AS id ORDER BY id LIMIT $first
