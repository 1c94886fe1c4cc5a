// Take these records away, which waited with an import that came to nothing and were never there for anybody.
// scope:   keep
// params:  ids
// returns: -
MATCH (n:Record)-[:HEAD]->(v:Version)
WHERE n.id IN $ids AND n.class = 'PENDING'
DETACH DELETE n, v
