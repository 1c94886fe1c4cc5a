// Which records of these units must be reviewed by then, or have lapsed already and are not yet purged, soonest first?
// scope:   review
// params:  owner, units, kinds, before, after, after_id, first
// returns: gates, id, kind, class, called, until
MATCH (n:Record)-[:HEAD]->(v:Version)
WHERE n.until <= $before AND n.until >= $after AND v.owner = $owner AND v.unit IN $units AND n.kind IN $kinds AND VISIBLE(n) AND VISIBLE(v)
AND (n.until > $after OR n.id > $after_id)
RETURN [[n.id, n.audience, n.level, n.comp, n.class, n.until], [n.id, v.audience, v.level, v.comp, v.class, v.until]] AS gates, n.id AS id, n.kind AS kind, n.class AS class, v.called AS called, n.until AS until ORDER BY until, id LIMIT $first
