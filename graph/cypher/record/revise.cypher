// Give this record its next version: what it said stands as what it was, and so do the name keys that led to it; its name keys are those of its names now.
// scope:   read
// params:  id, said, keys, op_id
// returns: id
MATCH (n:Record {id: $id})-[:HEAD]->(v:Version)
WHERE VISIBLE(n) AND VISIBLE(v)
MATCH (n)-[head:HEAD]->(v)
DELETE head
CREATE (n)-[:WAS]->(v)
CREATE (n)-[:HEAD]->(new:Version {aud: n.aud, level: n.level, comp: n.comp, class: n.class, until: n.until, audience: n.audience, op_id: $op_id, nth: v.nth + 1, kind: n.kind, record: n.id, disputed: v.disputed, disputed_at: v.disputed_at, disputed_by: v.disputed_by})
SET new += $said, v.kind = null
WITH n, new.nth AS nth
CALL (n, nth) { MATCH (n)-[key:KEYED]->(k:Key) CREATE (n)-[:WAS_KEYED {aud: key.aud, level: key.level, comp: key.comp, class: key.class, until: key.until, nth: key.nth, until_nth: nth}]->(k) DELETE key }
FOREACH (key IN $keys |
  MERGE (k:Key {id: key})
  CREATE (n)-[:KEYED {aud: n.aud, level: n.level, comp: n.comp, class: n.class, until: n.until, nth: nth}]->(k))
RETURN n.id AS id ORDER BY id
