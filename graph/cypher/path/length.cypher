// How many links lie on the shortest way from one record to another on which everything may be walked?
// scope:   walk
// params:  id, other
// returns: gates, hops
MATCH (a:Record {id: $id}) WHERE VISIBLE(a)
MATCH (b:Record {id: $other}) WHERE VISIBLE(b)
MATCH way = shortestPath((a)-[:WALKED*..8]-(b))
WHERE all(n IN nodes(way) WHERE REACHED(n)) AND all(r IN relationships(way) WHERE VISIBLE(r))
RETURN [[a.id, a.audience, a.level, a.comp, a.class, a.until], [b.id, b.audience, b.level, b.comp, b.class, b.until]] AS gates, length(way) AS hops ORDER BY b.id LIMIT 1
