// Is this record of this state there? It is held until the writer's transaction ends; what it says is read after that alone.
// scope:   read
// params:  id, owner
// returns: gates, id
MATCH (n:Record {id: $id})-[:HEAD]->(v:Version)
WHERE v.owner = $owner AND VISIBLE(n) AND VISIBLE(v)
SET n.kind = n.kind
RETURN [[n.id, n.audience, n.level, n.comp, n.class, n.until], [n.id, v.audience, v.level, v.comp, v.class, v.until]] AS gates, n.id AS id ORDER BY id LIMIT 1
