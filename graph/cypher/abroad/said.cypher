// What do visible assertions say of these records and records of other states, and which records are those?
// scope:   walk
// params:  ids, valid_at, most
// returns: gates, link
// past:    yes
MATCH (a:Record) WHERE a.id IN $ids AND VISIBLE(a)
MATCH (a)-[r:SAME_AS|NOT_SAME_AS|UNSURE]->(b:Foreign)
WHERE VISIBLE(r) AND VISIBLE(b) AND ($valid_at IS NULL OR (r.valid_from <= $valid_at AND $valid_at < r.valid_to))
WITH a, r, b ORDER BY r.id LIMIT $most
RETURN [[r.id, r.audience, r.level, r.comp, r.class, r.until], [a.id, a.audience, a.level, a.comp, a.class, a.until], [b.id, b.audience, b.level, b.comp, b.class, b.until]] AS gates, [type(r), a.id, b.of, r.role, r.criteria, r.basis, r.weight, r.as_written, r.note, r.owner, r.unit, r.valid_from, r.valid_to, r.recorded_at, r.recorded_by, r.legal_basis, r.case_ref, r.source_grade, r.info_grade, r.handling, r.handling_text, r.onward, r.review_on, r.expires_at] AS link ORDER BY r.id
