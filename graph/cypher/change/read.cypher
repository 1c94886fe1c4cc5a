// What do these changes, which the register names for this officer, ask for, and what do they name?
// scope:   approve
// params:  ids
// returns: gates, id, asked, names
MATCH (n:Record:Change)-[:HEAD]->(v:Version)
WHERE n.id IN $ids AND VISIBLE(n) AND VISIBLE(v)
RETURN [[n.id, n.audience, n.level, n.comp, n.class, n.until], [n.id, v.audience, v.level, v.comp, v.class, v.until]] AS gates, n.id AS id, v.asked AS asked, v.names AS names ORDER BY id
