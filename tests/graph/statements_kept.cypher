// one hop
MATCH (a:Record {id: $id})-[r:USES_PHONE]->(b) WHERE VISIBLE(a) AND VISIBLE(r) AND REACHED(b)
RETURN b.id AS id ORDER BY id

// the best of many
MATCH (k:Key)<-[r:KEYED]-(n:Record) WHERE k.id IN $ids AND VISIBLE(r) AND VISIBLE(n)
WITH n, count(r) AS carried ORDER BY carried DESC, n.id LIMIT $most
RETURN n.id AS id ORDER BY id

// an identifier
MATCH (x:Value {id: $id}) WHERE TOUCHED(x)
RETURN x.id AS id ORDER BY id

// an identifier and who is linked to it
MATCH (x:Value {id: $id})-[r:USES_PHONE]-(n:Record) WHERE VISIBLE(r) AND VISIBLE(n)
RETURN n.id AS id ORDER BY id

// content
MATCH (n:Record {id: $id})-[:HEAD]->(v:Version) WHERE VISIBLE(n) AND VISIBLE(v)
RETURN v.names AS names ORDER BY n.id

// optional hop
MATCH (n:Record {id: $id}) WHERE VISIBLE(n)
OPTIONAL MATCH (n)-[r:MET_WITH]-(m) WHERE VISIBLE(r) AND REACHED(m)
RETURN m.id AS id ORDER BY id

// repeated hops
MATCH (a:Record {id: $id}) WHERE VISIBLE(a)
MATCH (a) ((x)-[r:WALKED]-(y) WHERE VISIBLE(r) AND REACHED(y)){1,3} (b) WHERE REACHED(b)
RETURN b.id AS id ORDER BY id LIMIT 50

// length of a shortest path
MATCH (a:Record {id: $a}) WHERE VISIBLE(a)
MATCH (b:Record {id: $b}) WHERE VISIBLE(b)
MATCH p = SHORTEST 1 (a) ((x)-[r:WALKED]-(y) WHERE VISIBLE(r) AND REACHED(y)){1,8} (b)
RETURN length(p) AS hops ORDER BY b.id LIMIT 1

// cheapest length
MATCH (a:Record {id: $a}) WHERE VISIBLE(a)
MATCH (b:Record {id: $b}) WHERE VISIBLE(b)
MATCH p = shortestPath((a)-[:WALKED*..8]-(b)) WHERE all(n IN nodes(p) WHERE REACHED(n)) AND all(r IN relationships(p) WHERE VISIBLE(r))
RETURN length(p) AS hops ORDER BY b.id LIMIT 1

// degree
MATCH (a:Record WHERE VISIBLE(a)) WHERE a.id IN $ids
RETURN a.id AS id, COUNT { MATCH (a)-[r:WALKED]-(b) WHERE VISIBLE(r) AND REACHED(b) RETURN b.id LIMIT 1001 } AS degree ORDER BY id

// judged again
MATCH (n:Record {id: $id})-[:HEAD]->(v:Version) WHERE VISIBLE(n) AND VISIBLE(v)
WITH n, v ORDER BY n.id LIMIT 50 WHERE VISIBLE(n) AND VISIBLE(v)
RETURN v.names AS names ORDER BY n.id

// links among what was gated
WITH COLLECT { MATCH (s:Record) WHERE s.id IN $ids AND VISIBLE(s) RETURN s ORDER BY s.id LIMIT 50 } AS kept
UNWIND kept AS a
MATCH (a)-[r:WALKED]->(b) WHERE b IN kept AND VISIBLE(r)
RETURN r.id AS id ORDER BY id LIMIT 50

// what is cut in no order, told with how much it was
MATCH (a:Record {id: $id}) WHERE VISIBLE(a)
RETURN COLLECT { UNWIND COLLECT { WITH COLLECT { MATCH (a)-[r:WALKED]-(b) WHERE VISIBLE(r) AND REACHED(b) WITH r, b LIMIT $most RETURN [r, b] AS seen ORDER BY b.id, r.id } AS k UNWIND k[..$n] AS s RETURN [size(k), s[0], s[1]] AS cut } AS c WITH c, c[1] AS r, c[2] AS b RETURN [c[0], b.id] AS row ORDER BY b.id, r.id } AS ids ORDER BY a.id
