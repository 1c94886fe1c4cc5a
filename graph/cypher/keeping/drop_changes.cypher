// Take these changes away, which waited for a second officer for too long.
// scope:   keep
// params:  ids
// returns: -
MATCH (n:Record:Change)-[:HEAD]->(v:Version)
WHERE n.id IN $ids
DETACH DELETE n, v
