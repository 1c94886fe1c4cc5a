// Withdraw a record of this state: its gate closes with that of its versions and name keys, and the reason is its last version.
// scope:   read
// params:  id, op_id, at, by, reason
// returns: id
MATCH (n:Record {id: $id})-[:HEAD]->(v:Version)
WHERE VISIBLE(n) AND VISIBLE(v)
MATCH (n)-[head:HEAD]->(v)
DELETE head
CREATE (n)-[:WAS]->(v)
CREATE (n)-[:HEAD]->(last:Version {aud: n.aud, level: n.level, comp: n.comp, class: 'WITHDRAWN', until: n.until, audience: n.audience, op_id: $op_id, nth: v.nth + 1, recorded_at: $at, recorded_by: $by, withdrawn_because: $reason})
SET n.class = 'WITHDRAWN', v.class = 'WITHDRAWN', v.kind = null
WITH n
CALL (n) { MATCH (n)-[:WAS]->(old:Version) SET old.class = 'WITHDRAWN' }
CALL (n) { MATCH (n)-[key:KEYED|WAS_KEYED]->(:Key) SET key.class = 'WITHDRAWN' }
RETURN n.id AS id ORDER BY id
