// Which records of these units are disputed, longest first?
// scope:   read
// params:  owner, units, kinds, after, after_id, first
// returns: gates, id, kind, class, called, until, disputed, disputed_at
MATCH (n:Record)-[:HEAD]->(v:Version)
WHERE v.disputed_at >= $after AND v.owner = $owner AND v.unit IN $units AND n.kind IN $kinds AND VISIBLE(n) AND VISIBLE(v)
AND (v.disputed_at > $after OR n.id > $after_id)
RETURN [[n.id, n.audience, n.level, n.comp, n.class, n.until], [n.id, v.audience, v.level, v.comp, v.class, v.until]] AS gates, n.id AS id, n.kind AS kind, n.class AS class, v.called AS called, n.until AS until, v.disputed AS disputed, v.disputed_at AS disputed_at ORDER BY disputed_at, id LIMIT $first
