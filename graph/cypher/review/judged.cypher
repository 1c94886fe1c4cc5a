// By what is this record of this state, held before, judged, as its reviewer sees it, lapsed or not?
// scope:   review
// params:  id, owner
// returns: gates, kind, class, source_grade, info_grade, authority, expires_at
MATCH (n:Record {id: $id})-[:HEAD]->(v:Version)
WHERE v.owner = $owner AND VISIBLE(n) AND VISIBLE(v)
RETURN [[n.id, n.audience, n.level, n.comp, n.class, n.until], [n.id, v.audience, v.level, v.comp, v.class, v.until]] AS gates, n.kind AS kind, n.class AS class, v.source_grade AS source_grade, v.info_grade AS info_grade, v.designation_authority AS authority, v.expires_at AS expires_at ORDER BY n.id LIMIT 1
