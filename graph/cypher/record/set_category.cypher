// Let this person be of another category: the next version says so, and the gates of all versions and name keys that were the record's follow. What each earlier version said the person was stays with it, and what was nobody's stays nobody's.
// scope:   read
// params:  id, said, category, op_id
// returns: id
MATCH (n:Record {id: $id})-[:HEAD]->(v:Version)
WHERE VISIBLE(n) AND VISIBLE(v)
MATCH (n)-[head:HEAD]->(v)
DELETE head
CREATE (n)-[:WAS]->(v)
CREATE (n)-[:HEAD]->(new:Version {aud: n.aud, level: n.level, comp: n.comp, class: $category, until: n.until, audience: n.audience, op_id: $op_id, nth: v.nth + 1, kind: n.kind, record: n.id, disputed: v.disputed, disputed_at: v.disputed_at, disputed_by: v.disputed_by})
SET new += $said, v.kind = null
WITH n, n.class AS before
CALL (n, before) { MATCH (n)-[:WAS]->(old:Version) WHERE old.class = before SET old.category = coalesce(old.category, old.class) }
CALL (n, before) { MATCH (n)-[:WAS]->(old:Version) WHERE old.class = before SET old.class = $category }
CALL (n, before) { MATCH (n)-[key:KEYED|WAS_KEYED]->(:Key) WHERE key.class = before SET key.class = $category }
SET n.class = $category
RETURN n.id AS id ORDER BY id
