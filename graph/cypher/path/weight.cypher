// Which of these records and identifiers may be walked on from, and how many links are then looked at, up to so many?
// scope:   walk
// params:  records, values, most
// returns: gates, met, links
// past:    yes
WITH COLLECT { MATCH (s:Value) WHERE s.id IN $values AND TOUCHED(s) RETURN s ORDER BY s.id }
   + COLLECT { MATCH (s:Record) WHERE s.id IN $records AND VISIBLE(s) RETURN s ORDER BY s.id } AS kept
// Along any relation and on any day: what is not asked for is looked at too.
WITH kept, COUNT { UNWIND kept AS a MATCH (a)-[r:WALKED]-(m) WHERE VISIBLE(r) AND REACHED(m) RETURN r.id LIMIT $most } AS links
RETURN [a IN kept WHERE a:Record | [a.id, a.audience, a.level, a.comp, a.class, a.until]] AS gates, [a IN kept | a.id] AS met, links
