// Take the matches away that name one of these records.
// scope:   keep
// params:  ids
// returns: -
UNWIND $ids AS id
MATCH (m:Record:Match)-[:HEAD]->(v:Version)
WHERE id IN v.names
WITH DISTINCT m, v
DETACH DELETE m, v
