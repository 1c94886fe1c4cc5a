// Which records lapsed by then, and nobody renewed them?
// scope:   purge
// params:  before, first
// returns: gates, id
MATCH (n:Record)-[:HEAD]->(v:Version)
WHERE n.until <= $before AND n.class <> 'PENDING' AND n.kind <> 'match' AND VISIBLE(n) AND VISIBLE(v)
RETURN [[n.id, n.audience, n.level, n.comp, n.class, n.until]] AS gates, n.id AS id ORDER BY id LIMIT $first
