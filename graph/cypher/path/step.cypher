// Which links lead on from these records and identifiers, along these relations and on that day, and to where?
// scope:   walk
// params:  records, values, along, valid_at, most
// returns: gates, links
// past:    yes
WITH COLLECT {
  WITH COLLECT { MATCH (s:Value) WHERE s.id IN $values AND TOUCHED(s) RETURN s ORDER BY s.id }
     + COLLECT { MATCH (s:Record) WHERE s.id IN $records AND VISIBLE(s) RETURN s ORDER BY s.id } AS kept
  UNWIND kept AS a
  WITH a
  MATCH (a)-[r:WALKED]-(m)
  WHERE VISIBLE(r) AND type(r) IN $along AND ($valid_at IS NULL OR (r.valid_from <= $valid_at AND $valid_at < r.valid_to)) AND REACHED(m)
  WITH a, r, m ORDER BY a.id, r.id LIMIT $most
  RETURN [[r.id, r.audience, r.level, r.comp, r.class, r.until], a.id, m.id] AS hit ORDER BY a.id, r.id } AS found
// A link that was closed after it was judged has no gate any more.
WITH [hit IN found WHERE hit[0][1] IS NOT NULL] AS step
RETURN [hit IN step | hit[0]] AS gates, [hit IN step | hit[1..]] AS links
