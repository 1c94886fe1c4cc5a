// Which matches are there, after one, and which of them are whole?
// scope:   keep
// params:  after, first
// returns: id, whole
MATCH (m:Record:Match)-[:HEAD]->(v:Version)
WHERE m.id > $after
RETURN m.id AS id, m.aud IS NOT NULL AND m.level IS NOT NULL AND m.comp IS NOT NULL AND m.class IS NOT NULL AND m.until IS NOT NULL AND m.audience IS NOT NULL AND v.aud IS NOT NULL AND v.level IS NOT NULL AND v.comp IS NOT NULL AND v.class IS NOT NULL AND v.until IS NOT NULL AND v.audience IS NOT NULL AS whole ORDER BY id LIMIT $first
