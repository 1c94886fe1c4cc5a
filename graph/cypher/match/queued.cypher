// Which matches stand in the queues of these units, after one? One that stands in two of them stands in the first.
// scope:   walk
// params:  units, after, first
// returns: gates, id
MATCH (m:Record:Match)-[:HEAD]->(w:Version)
WHERE w.queue IN $units AND w.queued > $after AND VISIBLE(m) AND VISIBLE(w) AND (w.unless IS NULL OR NOT w.unless IN $units)
RETURN [[m.id, m.audience, m.level, m.comp, m.class, m.until], [m.id, w.audience, w.level, w.comp, w.class, w.until]] AS gates, m.id AS id ORDER BY m.id LIMIT $first
