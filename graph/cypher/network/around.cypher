// Which records and identifiers lie within so many hops of these, how are they linked, and how many visible neighbours are not shown?
// scope:   walk
// params:  records, values, hops, along, valid_at, limit, most_links
// returns: gates, nodes, links, more
WITH COLLECT { MATCH (s:Value) WHERE s.id IN $values AND TOUCHED(s) RETURN s ORDER BY s.kind, s.id }
   + COLLECT { MATCH (s:Record) WHERE s.id IN $records AND VISIBLE(s) RETURN s ORDER BY s.kind, s.id } AS zero
WITH zero, COLLECT {
  UNWIND [x IN zero WHERE $hops >= 1] AS n
  MATCH (n)-[r:WALKED]-(m)
  WHERE VISIBLE(r) AND type(r) IN $along AND ($valid_at IS NULL OR (r.valid_from <= $valid_at AND $valid_at < r.valid_to)) AND REACHED(m)
  WITH DISTINCT m WHERE NOT m IN zero
  RETURN m ORDER BY m.kind, m.id LIMIT $limit } AS one
WITH zero, one, zero + one AS met
WITH zero, one, met, COLLECT {
  UNWIND [x IN one WHERE $hops >= 2] AS n
  MATCH (n)-[r:WALKED]-(m)
  WHERE VISIBLE(r) AND type(r) IN $along AND ($valid_at IS NULL OR (r.valid_from <= $valid_at AND $valid_at < r.valid_to)) AND REACHED(m)
  WITH DISTINCT m WHERE NOT m IN met
  RETURN m ORDER BY m.kind, m.id LIMIT $limit } AS two
WITH zero, one, two, met + two AS met
WITH zero, one, two, COLLECT {
  UNWIND [x IN two WHERE $hops >= 3] AS n
  MATCH (n)-[r:WALKED]-(m)
  WHERE VISIBLE(r) AND type(r) IN $along AND ($valid_at IS NULL OR (r.valid_from <= $valid_at AND $valid_at < r.valid_to)) AND REACHED(m)
  WITH DISTINCT m WHERE NOT m IN met
  RETURN m ORDER BY m.kind, m.id LIMIT $limit } AS three
WITH (zero + one + two + three)[..$limit] AS kept
WITH kept, COLLECT {
  UNWIND kept AS a
  MATCH (a)-[r:WALKED]->(b)
  WHERE b IN kept AND VISIBLE(r) AND type(r) IN $along
    AND ($valid_at IS NULL OR (r.valid_from <= $valid_at AND $valid_at < r.valid_to))
  WITH a, r, b ORDER BY r.id LIMIT $most_links
  RETURN [[r.id, r.audience, r.level, r.comp, r.class, r.until], type(r), a.id, b.id, r.role, r.criteria, r.basis, r.weight, r.as_written, r.note, r.owner, r.unit, r.valid_from, r.valid_to, r.recorded_at, r.recorded_by, r.legal_basis, r.case_ref, r.source_grade, r.info_grade, r.handling, r.handling_text, r.onward, r.review_on, r.expires_at] AS link ORDER BY r.id } AS links
// What is left is asked of each link, because a plan that begins at what is left would scan every node.
WITH kept, links, COLLECT {
  UNWIND kept AS a
  WITH a, COUNT {
    MATCH (a)-[r:WALKED]-(m)
    WHERE VISIBLE(r) AND REACHED(m) AND [m IN kept, type(r) IN $along] = [false, true]
      AND ($valid_at IS NULL OR (r.valid_from <= $valid_at AND $valid_at < r.valid_to))
    RETURN DISTINCT m LIMIT 1001 } AS left
  WHERE left > 0
  RETURN [a.id, left] AS pair ORDER BY a.id } AS more
RETURN [a IN kept WHERE a:Record | [a.id, a.audience, a.level, a.comp, a.class, a.until]] + [link IN links | link[0]] AS gates,
       [a IN kept | [a.id, a.kind]] AS nodes, [link IN links | link[1..]] AS links, more
