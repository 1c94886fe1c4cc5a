// Which records bear identifiers that one thing of their kind bears alone, in order of the identifier, after one?
// scope:   match
// params:  borne, after, after_id, first
// returns: gates, value, id, kind, unit, bears
MATCH (v:Version)<-[:HEAD]-(n:Record)-[r:IDENTIFIED_BY]->(x:Value)
WHERE x.id >= $after AND VISIBLE(n) AND VISIBLE(v) AND VISIBLE(r) AND n.kind + ' ' + x.kind IN $borne
AND (x.id > $after OR r.id > $after_id)
RETURN [[n.id, n.audience, n.level, n.comp, n.class, n.until], [n.id, v.audience, v.level, v.comp, v.class, v.until], [r.id, r.audience, r.level, r.comp, r.class, r.until]] AS gates, x.id AS value, n.id AS id, n.kind AS kind, v.unit AS unit, x.kind AS bears ORDER BY value, r.id LIMIT $first
