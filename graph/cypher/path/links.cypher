// What do these links say, which stand at these records and identifiers?
// scope:   walk
// params:  records, values, ids, most
// returns: gates, link
// past:    yes
WITH COLLECT { MATCH (s:Value) WHERE s.id IN $values AND TOUCHED(s) RETURN s ORDER BY s.id }
   + COLLECT { MATCH (s:Record) WHERE s.id IN $records AND VISIBLE(s) RETURN s ORDER BY s.id } AS kept
UNWIND kept AS a
WITH a
MATCH (a)-[r:WALKED]-(m)
WHERE VISIBLE(r) AND REACHED(m) AND r.id IN $ids
WITH a, r, m ORDER BY a.id, r.id LIMIT $most
RETURN [[r.id, r.audience, r.level, r.comp, r.class, r.until]] AS gates, [type(r), startNode(r).id, endNode(r).id, r.role, r.criteria, r.basis, r.weight, r.as_written, r.note, r.owner, r.unit, r.valid_from, r.valid_to, r.recorded_at, r.recorded_by, r.legal_basis, r.case_ref, r.source_grade, r.info_grade, r.handling, r.handling_text, r.onward, r.review_on, r.expires_at] AS link ORDER BY a.id, r.id
