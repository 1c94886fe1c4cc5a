// Take this change away: it was settled, and what it asked for stands by itself or not at all.
// scope:   approve
// params:  id
// returns: -
MATCH (n:Record:Change)-[:HEAD]->(v:Version)
WHERE n.id = $id AND VISIBLE(n) AND VISIBLE(v)
DETACH DELETE n, v
