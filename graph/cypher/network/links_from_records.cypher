// Which links lead from these records to some of the others?
// scope:   walk
// params:  ids, others, along, valid_at, most_links
// returns: gates, link
// past:    yes
MATCH (a:Record) WHERE a.id IN $ids AND VISIBLE(a)
MATCH (a)-[r:WALKED]->(b)
WHERE VISIBLE(r) AND REACHED(b) AND b.id IN $others AND type(r) IN $along AND ($valid_at IS NULL OR (r.valid_from <= $valid_at AND $valid_at < r.valid_to))
WITH a, r, b ORDER BY r.id LIMIT $most_links
RETURN [[r.id, r.audience, r.level, r.comp, r.class, r.until]] AS gates, [type(r), a.id, b.id, r.role, r.criteria, r.basis, r.weight, r.as_written, r.note, r.owner, r.unit, r.valid_from, r.valid_to, r.recorded_at, r.recorded_by, r.legal_basis, r.case_ref, r.source_grade, r.info_grade, r.handling, r.handling_text, r.onward, r.review_on, r.expires_at] AS link ORDER BY r.id
