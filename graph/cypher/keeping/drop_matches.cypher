// Take these matches away, which stand no more, and those that have lapsed.
// scope:   keep
// params:  ids, at
// returns: -
MATCH (m:Record:Match)-[:HEAD]->(v:Version)
WHERE m.id IN $ids OR m.until <= $at
DETACH DELETE m, v
