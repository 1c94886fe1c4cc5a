// Let these records of an import that waited be of the class that their version has: from now on they are there.
// scope:   approve
// params:  ids
// returns: gates, id
MATCH (n:Record)-[:HEAD]->(v:Version)
WHERE n.id IN $ids AND VISIBLE(n) AND VISIBLE(v) AND n.class = 'PENDING'
SET n.class = v.class
RETURN [[n.id, n.audience, n.level, n.comp, n.class, n.until], [n.id, v.audience, v.level, v.comp, v.class, v.until]] AS gates, n.id AS id ORDER BY id
