// Renew this record of this state: its next version says what the last said, when it must be reviewed again and on what new information; its gate, those of its versions and of its name keys end then.
// scope:   review
// params:  id, owner, said, until
// returns: id
MATCH (n:Record {id: $id})-[:HEAD]->(v:Version)
WHERE v.owner = $owner AND VISIBLE(n) AND VISIBLE(v)
MATCH (n)-[head:HEAD]->(v)
DELETE head
CREATE (n)-[:WAS]->(v)
CREATE (n)-[:HEAD]->(new:Version {aud: n.aud, level: n.level, comp: n.comp, class: n.class, until: n.until, audience: n.audience})
SET new += v, new += $said, new.nth = v.nth + 1, v.kind = null
WITH n, new, n.until AS before
CALL (n, before) { MATCH (n)-[:WAS]->(old:Version) WHERE old.until = before SET old.until = $until }
CALL (n, before) { MATCH (n)-[key:KEYED|WAS_KEYED]->(:Key) WHERE key.until = before SET key.until = $until }
SET n.until = $until, new.until = $until
RETURN n.id AS id ORDER BY id
