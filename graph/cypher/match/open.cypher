// Of these matches, which two records bear one identifier by the links that the match names, one of them of these units, and nothing is asserted about the two?
// scope:   walk
// params:  ids, units
// returns: gates, id, bears, kind, one, other
MATCH (m:Record:Match)-[:HEAD]->(w:Version), (v:Version)<-[:HEAD]-(a:Record)-[p:IDENTIFIED_BY]->(x:Value)<-[q:IDENTIFIED_BY]-(b:Record)-[:HEAD]->(u:Version)
WHERE m.id IN $ids AND VISIBLE(m) AND VISIBLE(w) AND a.id = w.names[0] AND p.id = w.by[0] AND b.id = w.names[1] AND q.id = w.by[1]
AND VISIBLE(a) AND VISIBLE(v) AND VISIBLE(p) AND VISIBLE(q) AND VISIBLE(b) AND VISIBLE(u) AND (v.unit IN $units OR u.unit IN $units)
WITH m, w, a, v, p, q, b, u WHERE COUNT {
  MATCH (a)-[s:SAME_AS|NOT_SAME_AS|UNSURE]-(b)
  WHERE VISIBLE(s)
  RETURN s.id LIMIT 1 } = 0
RETURN [[m.id, m.audience, m.level, m.comp, m.class, m.until], [m.id, w.audience, w.level, w.comp, w.class, w.until], [a.id, a.audience, a.level, a.comp, a.class, a.until], [a.id, v.audience, v.level, v.comp, v.class, v.until], [p.id, p.audience, p.level, p.comp, p.class, p.until], [q.id, q.audience, q.level, q.comp, q.class, q.until], [b.id, b.audience, b.level, b.comp, b.class, b.until], [b.id, u.audience, u.level, u.comp, u.class, u.until]] AS gates, m.id AS id, w.bears AS bears, a.kind AS kind, [a.id, v.called] AS one, [b.id, u.called] AS other ORDER BY m.id
