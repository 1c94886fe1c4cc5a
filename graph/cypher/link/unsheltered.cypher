// Which of these persons have a date of birth, and nothing that shows that they sheltered an offender?
// scope:   read
// params:  ids
// returns: gates, id, born, precision
MATCH (n:Record:Person)-[:HEAD]->(v:Version)
WHERE n.id IN $ids AND VISIBLE(n) AND VISIBLE(v) AND v.birth_date IS NOT NULL AND v.shelter_evidence IS NULL
RETURN [[n.id, n.audience, n.level, n.comp, n.class, n.until], [n.id, v.audience, v.level, v.comp, v.class, v.until]] AS gates, n.id AS id, v.birth_date AS born, v.birth_precision AS precision ORDER BY id
