// Which of these identifiers are touched, what does a visible link join to them, and where there is nothing of either: what is so named? On one day, if one is given.
// scope:   read
// params:  values, keys, labels, valid_at, most
// returns: gates, touched, joined, named
// past:    yes
WITH COLLECT {
  MATCH (x:Value)-[t:LINKED]-(m)
  WHERE x.id IN $values AND VISIBLE(t) AND REACHED(m) AND 'value' IN $labels
    AND ($valid_at IS NULL OR (t.valid_from <= $valid_at AND $valid_at < t.valid_to))
  RETURN DISTINCT x.id AS value ORDER BY value } AS touched, COLLECT {
  MATCH (x:Value)-[r:LINKED]-(n:Record)-[:HEAD]->(v:Version)
  WHERE x.id IN $values AND VISIBLE(r) AND VISIBLE(n) AND VISIBLE(v) AND n.kind IN $labels AND n.class <> 'CHILD_IN_CONFLICT'
    AND ($valid_at IS NULL OR (r.valid_from <= $valid_at AND $valid_at < r.valid_to AND v.valid_from <= $valid_at AND $valid_at < v.valid_to))
  WITH x, n, v, min(r.id) AS first ORDER BY n.id, x.id LIMIT $most
  MATCH (x)-[r:LINKED]-(n) WHERE r.id = first AND VISIBLE(r)
  WITH x, r, n, v WHERE VISIBLE(n) AND VISIBLE(v)
  RETURN [[n.id, n.audience, n.level, n.comp, n.class, n.until], [n.id, v.audience, v.level, v.comp, v.class, v.until], [r.id, r.audience, r.level, r.comp, r.class, r.until], n.id, n.kind, x.id, type(r), r.id] AS hit ORDER BY n.id, x.id, r.id } AS joined
WITH touched, joined, COLLECT {
  MATCH (k:Key)<-[key:KEYED]-(n:Record)-[:HEAD]->(v:Version)
  WHERE k.id IN $keys AND touched = [] AND joined = [] AND VISIBLE(key) AND VISIBLE(n) AND VISIBLE(v) AND n.kind IN $labels AND n.class <> 'CHILD_IN_CONFLICT'
    AND ($valid_at IS NULL OR (v.valid_from <= $valid_at AND $valid_at < v.valid_to))
  WITH n, v, count(key) AS carried ORDER BY carried DESC, n.id LIMIT $most
  WHERE VISIBLE(n) AND VISIBLE(v)
  RETURN [[n.id, n.audience, n.level, n.comp, n.class, n.until], [n.id, v.audience, v.level, v.comp, v.class, v.until], n.id, n.kind, v.called] AS hit ORDER BY n.id } AS named
RETURN [hit IN joined | hit[0]] + [hit IN joined | hit[1]] + [hit IN joined | hit[2]] + [hit IN named | hit[0]] + [hit IN named | hit[1]] AS gates, touched,
       [hit IN joined | hit[3..]] AS joined, [hit IN named | hit[2..]] AS named
