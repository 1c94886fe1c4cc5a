// How many visible neighbours of these records and identifiers are not among the others?
// scope:   walk
// params:  records, values, others, along, valid_at, most
// returns: gates, left
// past:    yes
WITH COLLECT { MATCH (s:Value) WHERE s.id IN $values AND TOUCHED(s) RETURN s ORDER BY s.id }
   + COLLECT { MATCH (s:Record) WHERE s.id IN $records AND VISIBLE(s) RETURN s ORDER BY s.id } AS kept
// Each link is asked, because a plan that begins at what is left would scan every node.
WITH kept, COLLECT {
  UNWIND kept AS a
  WITH a, COUNT {
    MATCH (a)-[r:WALKED]-(m)
    WHERE VISIBLE(r) AND REACHED(m) AND [m.id IN $others, type(r) IN $along] = [false, true]
      AND ($valid_at IS NULL OR (r.valid_from <= $valid_at AND $valid_at < r.valid_to))
    RETURN DISTINCT m LIMIT $most } AS others
  RETURN [a.id, others] AS pair ORDER BY a.id } AS left
RETURN [a IN kept WHERE a:Record | [a.id, a.audience, a.level, a.comp, a.class, a.until]] AS gates, left
