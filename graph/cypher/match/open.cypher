// Which two records bear one identifier, one of them of these units, and nothing is asserted about the two?
// scope:   walk
// params:  units, after, first
// returns: gates, id, bears, kind, one, other
MATCH (m:Record:Match)-[:HEAD]->(w:Version), (a:Record)-[:HEAD]->(v:Version), (b:Record)-[:HEAD]->(u:Version)
WHERE m.id > $after AND VISIBLE(m) AND VISIBLE(w) AND a.id = w.names[0] AND VISIBLE(a) AND VISIBLE(v) AND b.id = w.names[1] AND VISIBLE(b) AND VISIBLE(u)
AND (v.unit IN $units OR u.unit IN $units)
WITH m, w, a, v, b, u WHERE COUNT {
  MATCH (a)-[p:IDENTIFIED_BY]->(x:Value)<-[q:IDENTIFIED_BY]-(b)
  WHERE x.id = w.number AND VISIBLE(p) AND VISIBLE(q)
  RETURN x.id LIMIT 1 } = 1 AND COUNT {
  MATCH (a)-[s:SAME_AS|NOT_SAME_AS|UNSURE]-(b)
  WHERE VISIBLE(s)
  RETURN s.id LIMIT 1 } = 0
RETURN [[m.id, m.audience, m.level, m.comp, m.class, m.until], [m.id, w.audience, w.level, w.comp, w.class, w.until], [a.id, a.audience, a.level, a.comp, a.class, a.until], [a.id, v.audience, v.level, v.comp, v.class, v.until], [b.id, b.audience, b.level, b.comp, b.class, b.until], [b.id, u.audience, u.level, u.comp, u.class, u.until]] AS gates, m.id AS id, w.bears AS bears, a.kind AS kind, [a.id, v.called] AS one, [b.id, u.called] AS other ORDER BY m.id LIMIT $first
