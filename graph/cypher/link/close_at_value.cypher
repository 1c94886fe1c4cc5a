// Close this link of this identifier: it is deleted, and stands as what it was.
// scope:   read
// params:  from, id, closed, because, by, op_id, at
// returns: id
MATCH (a:Value {id: $from})-[r:LINKED]->(b)
WHERE r.id = $id AND VISIBLE(r) AND TOUCHED(a) AND REACHED(b)
CREATE (a)-[was:$($closed) {aud: r.aud, level: r.level, comp: r.comp, class: r.class, until: r.until, id: r.id, audience: r.audience, recorded_until: $at, op_id: $op_id, closed_by: $by, closed_because: $because, opened_by_op: r.op_id, role: r.role, criteria: r.criteria, basis: r.basis, weight: r.weight, as_written: r.as_written, note: r.note, owner: r.owner, unit: r.unit, valid_from: r.valid_from, valid_to: r.valid_to, recorded_at: r.recorded_at, recorded_by: r.recorded_by, legal_basis: r.legal_basis, case_ref: r.case_ref, source_grade: r.source_grade, info_grade: r.info_grade, handling: r.handling, handling_text: r.handling_text, onward: r.onward, review_on: r.review_on, expires_at: r.expires_at}]->(b)
DELETE r
RETURN was.id AS id ORDER BY id
