// Take the changes away that waited for a second officer and name one of these records.
// scope:   keep
// params:  ids
// returns: -
UNWIND $ids AS id
MATCH (n:Record:Change)-[:HEAD]->(v:Version)
WHERE id IN v.names
WITH DISTINCT n, v
DETACH DELETE n, v
