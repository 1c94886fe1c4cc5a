// Give this record its next version: what it said stands as what it was, and its name keys are those of its names now.
// scope:   read
// params:  id, said, keys, op_id
// returns: id
MATCH (n:Record {id: $id})-[:HEAD]->(v:Version)
WHERE VISIBLE(n) AND VISIBLE(v)
MATCH (n)-[head:HEAD]->(v)
DELETE head
CREATE (n)-[:WAS]->(v)
CREATE (n)-[:HEAD]->(new:Version {aud: n.aud, level: n.level, comp: n.comp, class: n.class, until: n.until, audience: n.audience, op_id: $op_id, nth: v.nth + 1, kind: n.kind, record: n.id})
SET new += $said, v.kind = null
WITH n
CALL (n) { MATCH (n)-[key:KEYED]->(:Key) DELETE key }
FOREACH (key IN $keys |
  MERGE (k:Key {id: key})
  CREATE (n)-[:KEYED {aud: n.aud, level: n.level, comp: n.comp, class: n.class, until: n.until}]->(k))
RETURN n.id AS id ORDER BY id
