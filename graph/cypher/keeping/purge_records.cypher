// Take these records away for good: with all their versions, with every link that touches them and every one that did, and with what leads to them by name.
// scope:   keep
// params:  ids
// returns: -
MATCH (n:Record)
WHERE n.id IN $ids
OPTIONAL MATCH (n)-[:HEAD|WAS]->(v:Version)
DETACH DELETE n, v
