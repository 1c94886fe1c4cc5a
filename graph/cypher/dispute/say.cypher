// Let the next version of this record say what the last one said, and beside it what is disputed, or how that was settled.
// scope:   read
// params:  id, owner, said
// returns: id
MATCH (n:Record {id: $id})-[:HEAD]->(v:Version)
WHERE v.owner = $owner AND VISIBLE(n) AND VISIBLE(v)
MATCH (n)-[head:HEAD]->(v)
DELETE head
CREATE (n)-[:WAS]->(v)
CREATE (n)-[:HEAD]->(new:Version {aud: n.aud, level: n.level, comp: n.comp, class: n.class, until: n.until, audience: n.audience})
SET new += v, new += $said, new.nth = v.nth + 1, v.kind = null
RETURN n.id AS id ORDER BY id
