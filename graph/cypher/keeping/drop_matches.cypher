// Take these matches away, which stand no more or are broken.
// scope:   keep
// params:  ids
// returns: -
MATCH (m:Record:Match)-[:HEAD]->(v:Version)
WHERE m.id IN $ids
DETACH DELETE m, v
