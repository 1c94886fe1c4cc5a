// far end ungated
MATCH (a:Record {id: $id})-[r:MET_WITH]-(b) WHERE VISIBLE(a) AND VISIBLE(r)
RETURN b.id AS id ORDER BY id

// link ungated
MATCH (a:Record {id: $id})-[r:MET_WITH]-(b) WHERE VISIBLE(a) AND VISIBLE(b)
RETURN b.id AS id ORDER BY id

// start ungated
MATCH (a:Record {id: $id})-[r:MET_WITH]-(b) WHERE VISIBLE(r) AND VISIBLE(b)
RETURN b.id AS id ORDER BY id

// bridge ungated
MATCH (a:Record {id: $id})-[r:MET_WITH]-(m)-[s:MET_WITH]-(b) WHERE VISIBLE(a) AND VISIBLE(r) AND VISIBLE(s) AND VISIBLE(b)
RETURN b.id AS id ORDER BY id

// anonymous link
MATCH (a:Record {id: $id})-[:MET_WITH]-(b) WHERE VISIBLE(a) AND VISIBLE(b)
RETURN b.id AS id ORDER BY id

// anonymous node
MATCH (a:Record {id: $id})-[r:MET_WITH]-()-[s:MET_WITH]-(b) WHERE VISIBLE(a) AND VISIBLE(r) AND VISIBLE(s) AND VISIBLE(b)
RETURN b.id AS id ORDER BY id

// two dashes
MATCH (a:Record {id: $id})--(b) WHERE VISIBLE(a) AND VISIBLE(b)
RETURN b.id AS id ORDER BY id

// an arrow without a link
MATCH (a:Record {id: $id})-->(b) WHERE VISIBLE(a) AND VISIBLE(b)
RETURN b.id AS id ORDER BY id

// a link of any relation, those that are over too
MATCH (a:Record {id: $id})-[r]-(b) WHERE VISIBLE(a) AND VISIBLE(r) AND REACHED(b)
RETURN b.id AS id ORDER BY id

// a link that is over
MATCH (a:Record {id: $id})-[r:WAS_MET_WITH]-(b) WHERE VISIBLE(a) AND VISIBLE(r) AND REACHED(b)
RETURN b.id AS id ORDER BY id

// version ungated
MATCH (n:Record {id: $id})-[:HEAD]->(v:Version) WHERE VISIBLE(n)
RETURN v.names AS names ORDER BY n.id

// version without its record
MATCH (v:Version {id: $id}) WHERE VISIBLE(v)
RETURN v.names AS names ORDER BY v.id

// record behind a version ungated
MATCH (n:Record {id: $id})-[:HEAD]->(v:Version) WHERE VISIBLE(v)
RETURN v.names AS names ORDER BY n.id

// version merely reached
MATCH (n:Record {id: $id})-[:HEAD]->(v) WHERE VISIBLE(n) AND REACHED(v)
RETURN v.names AS names ORDER BY n.id

// value untouched
MATCH (x:Value {id: $id})
RETURN x.id AS id ORDER BY id

// value merely reached
MATCH (x {id: $id}) WHERE REACHED(x)
RETURN x.id AS id ORDER BY id

// value over a hidden link
MATCH (n:Record {id: $id})-[r:USES_PHONE]->(x:Value) WHERE VISIBLE(n)
RETURN x.id AS id ORDER BY id

// optional predicate after WITH
MATCH (n:Record {id: $id}) WHERE VISIBLE(n)
OPTIONAL MATCH (n)-[r:MET_WITH]-(m)
WITH n, r, m WHERE VISIBLE(r) AND REACHED(m)
RETURN m.id AS id ORDER BY id

// optional link ungated
MATCH (n:Record {id: $id}) WHERE VISIBLE(n)
OPTIONAL MATCH (n)-[r:MET_WITH]-(m) WHERE REACHED(m)
RETURN m.id AS id ORDER BY id

// two-hop optional in two
MATCH (n:Record {id: $id}) WHERE VISIBLE(n)
OPTIONAL MATCH (n)-[r:MET_WITH]-(m) WHERE VISIBLE(r) AND REACHED(m)
OPTIONAL MATCH (m)-[s:MET_WITH]-(o) WHERE VISIBLE(s) AND REACHED(o)
RETURN o.id AS id ORDER BY id

// predicate of a later clause
MATCH (a:Record {id: $id})
MATCH (a)-[r:MET_WITH]-(b) WHERE VISIBLE(a) AND VISIBLE(r) AND REACHED(b)
RETURN b.id AS id ORDER BY id

// NOT
MATCH (a:Record {id: $id}) WHERE VISIBLE(a) AND NOT VISIBLE(a)
RETURN a.id AS id ORDER BY id

// OR
MATCH (a:Record {id: $id}) WHERE VISIBLE(a) OR a.kind = $kind
RETURN a.id AS id ORDER BY id

// or in small letters
MATCH (a:Record {id: $id}) WHERE VISIBLE(a) or a.kind = $kind
RETURN a.id AS id ORDER BY id

// XOR
MATCH (a:Record {id: $id}) WHERE VISIBLE(a) XOR a.kind = $kind
RETURN a.id AS id ORDER BY id

// a predicate compared
MATCH (a:Record {id: $id}) WHERE VISIBLE(a) = false
RETURN a.id AS id ORDER BY id

// none
MATCH (a:Record {id: $id}) WHERE VISIBLE(a) AND none(x IN $list WHERE VISIBLE(a))
RETURN a.id AS id ORDER BY id

// CASE
MATCH (a:Record {id: $id}) WHERE CASE WHEN a.kind = $x AND VISIBLE(a) AND true THEN true ELSE true END
RETURN a.id AS id ORDER BY id

// predicate returned
MATCH (a:Record {id: $id}) WHERE VISIBLE(a)
RETURN a.id AS id, VISIBLE(a) AS seen ORDER BY id

// predicate as a sort key
MATCH (a:Record {id: $id}) WHERE VISIBLE(a)
RETURN a.id AS id ORDER BY VISIBLE(a), id

// predicate by hand
MATCH (a:Record {id: $id}) WHERE a.level <= $g.level AND VISIBLE(a)
RETURN a.id AS id ORDER BY id

// null branch by hand
MATCH (a:Record {id: $id}) WHERE a.comp IS NULL OR a.comp IN $g.comps
RETURN a.id AS id ORDER BY id

// unbounded hops
MATCH (a:Record {id: $id}) WHERE VISIBLE(a)
MATCH (a) ((x)-[r:WALKED]-(y) WHERE VISIBLE(r) AND REACHED(y))+ (b) WHERE REACHED(b)
RETURN b.id AS id ORDER BY id LIMIT 50

// hops without an upper bound
MATCH (a:Record {id: $id}) WHERE VISIBLE(a)
MATCH (a) ((x)-[r:WALKED]-(y) WHERE VISIBLE(r) AND REACHED(y)){1,} (b) WHERE REACHED(b)
RETURN b.id AS id ORDER BY id LIMIT 50

// hops with a far bound
MATCH (a:Record {id: $id}) WHERE VISIBLE(a)
MATCH (a) ((x)-[r:WALKED]-(y) WHERE VISIBLE(r) AND REACHED(y)){1,9} (b) WHERE REACHED(b)
RETURN b.id AS id ORDER BY id LIMIT 50

// hop with far end ungated
MATCH (a:Record {id: $id}) WHERE VISIBLE(a)
MATCH (a) ((x)-[r:WALKED]-(y) WHERE VISIBLE(r)){1,3} (b) WHERE REACHED(b)
RETURN b.id AS id ORDER BY id LIMIT 50

// hop gated outside
MATCH (a:Record {id: $id}) WHERE VISIBLE(a)
MATCH (a) ((x)-[r:WALKED]-(y)){1,3} (b) WHERE REACHED(b) AND VISIBLE(r) AND REACHED(y)
RETURN b.id AS id ORDER BY id LIMIT 50

// quantified link
MATCH (a:Record {id: $id})-[r:WALKED]->{1,3}(b) WHERE VISIBLE(a) AND VISIBLE(r) AND REACHED(b)
RETURN b.id AS id ORDER BY id LIMIT 50

// starred link
MATCH (a:Record {id: $id})-[r:WALKED*1..3]-(b) WHERE VISIBLE(a) AND VISIBLE(r) AND REACHED(b)
RETURN b.id AS id ORDER BY id LIMIT 50

// predicate outside SHORTEST
MATCH (a:Record {id: $a}) WHERE VISIBLE(a)
MATCH p = SHORTEST 1 (a) ((x)-[r:WALKED]-(y)){1,8} (b) WHERE all(n IN nodes(p) WHERE REACHED(n)) AND all(r IN relationships(p) WHERE VISIBLE(r)) AND REACHED(b)
RETURN length(p) AS hops ORDER BY a.id LIMIT 1

// shortest path with links ungated
MATCH (a:Record {id: $a}) WHERE VISIBLE(a)
MATCH p = shortestPath((a)-[:WALKED*..8]-(b:Record)) WHERE VISIBLE(b) AND all(n IN nodes(p) WHERE REACHED(n))
RETURN length(p) AS hops ORDER BY a.id LIMIT 1

// shortest path without a bound
MATCH (a:Record {id: $a}) WHERE VISIBLE(a)
MATCH p = shortestPath((a)-[:WALKED*]-(b:Record)) WHERE VISIBLE(b) AND all(n IN nodes(p) WHERE REACHED(n)) AND all(r IN relationships(p) WHERE VISIBLE(r))
RETURN length(p) AS hops ORDER BY a.id LIMIT 1

// node list of SHORTEST
MATCH (a:Record {id: $a}) WHERE VISIBLE(a)
MATCH (b:Record {id: $b}) WHERE VISIBLE(b)
MATCH p = SHORTEST 1 (a) ((x)-[r:WALKED]-(y) WHERE VISIBLE(r) AND REACHED(y)){1,8} (b)
RETURN nodes(p) AS way ORDER BY a.id LIMIT 1

// raw degree
MATCH (a:Record {id: $id}) WHERE VISIBLE(a)
RETURN a.id AS id, COUNT { (a)-[r:WALKED]-(b) } AS degree ORDER BY id

// degree to hidden ends
MATCH (a:Record {id: $id}) WHERE VISIBLE(a)
RETURN a.id AS id, COUNT { MATCH (a)-[r:WALKED]-(b) WHERE VISIBLE(r) RETURN b.id LIMIT 1001 } AS degree ORDER BY id

// count without a stop
MATCH (a:Record {id: $id}) WHERE VISIBLE(a)
RETURN a.id AS id, COUNT { MATCH (a)-[r:WALKED]-(b) WHERE VISIBLE(r) AND REACHED(b) RETURN b.id } AS degree ORDER BY id

// count in small letters
MATCH (a:Record {id: $id}) WHERE VISIBLE(a)
RETURN a.id AS id, count { (a)-[r:WALKED]-(b) } AS degree ORDER BY id

// size of a pattern
MATCH (a:Record {id: $id}) WHERE VISIBLE(a)
RETURN a.id AS id, size([(a)-[r:WALKED]-(b) | 1]) AS degree ORDER BY id

// size of what a record holds
MATCH (a:Record {id: $id}) WHERE VISIBLE(a)
RETURN a.id AS id, size(a.audience) AS states ORDER BY id

// list of a pattern
MATCH (a:Record {id: $id}) WHERE VISIBLE(a)
RETURN a.id AS id, [(a)-[r:WALKED]-(b) | b.id] AS ids ORDER BY id

// pattern as a condition
MATCH (a:Record {id: $id}) WHERE VISIBLE(a) AND (a)-[:MET_WITH]-(:Person)
RETURN a.id AS id ORDER BY id

// EXISTS over hidden
MATCH (a:Record {id: $id}) WHERE VISIBLE(a) AND EXISTS { (a)-[r:MET_WITH]-(b) WHERE VISIBLE(r) }
RETURN a.id AS id ORDER BY id

// NOT EXISTS over hidden
MATCH (a:Record {id: $id}) WHERE VISIBLE(a) AND NOT EXISTS { (a)-[r:MET_WITH]-(b) }
RETURN a.id AS id ORDER BY id

// subquery ungated
MATCH (a:Record {id: $id}) WHERE VISIBLE(a)
CALL (a) { MATCH (a)-[r:MET_WITH]-(b) WHERE VISIBLE(r) RETURN b.id AS other ORDER BY other LIMIT 5 }
RETURN a.id AS id ORDER BY id

// closing that reads
MATCH (n:Record {id: $id}) WHERE VISIBLE(n)
CALL (n) { MATCH (n)-[:WAS]->(old:Version) SET old.class = 'WITHDRAWN' RETURN old.names AS names ORDER BY old.id LIMIT 9 }
RETURN names ORDER BY n.id

// aggregate
MATCH (a:Record) WHERE VISIBLE(a) AND a.id IN $ids
RETURN count(a) AS number ORDER BY a.id

// unordered collect
MATCH (a:Record) WHERE VISIBLE(a) AND a.id IN $ids
RETURN collect(a.id) AS ids ORDER BY a.id

// collected without order
MATCH (a:Record {id: $id}) WHERE VISIBLE(a)
RETURN a.id AS id, COLLECT { MATCH (a)-[r:WALKED]-(b) WHERE VISIBLE(r) AND REACHED(b) RETURN b.id LIMIT 5 } AS ids ORDER BY id

// collected without bound
MATCH (a:Record {id: $id}) WHERE VISIBLE(a)
RETURN a.id AS id, COLLECT { MATCH (a)-[r:WALKED]-(b) WHERE VISIBLE(r) AND REACHED(b) RETURN b.id ORDER BY b.id } AS ids ORDER BY id

// list without order
MATCH (a:Record) WHERE VISIBLE(a) AND a.id IN $ids
RETURN a.id AS id

// order without id
MATCH (a:Record) WHERE VISIBLE(a) AND a.id IN $ids
RETURN a.id AS id ORDER BY a.kind

// order by what may be null
MATCH (a:Record)-[:HEAD]->(v:Version) WHERE VISIBLE(a) AND VISIBLE(v) AND a.id IN $ids
RETURN a.id AS id ORDER BY v.parentage, a.id

// limit without order
MATCH (a:Record) WHERE VISIBLE(a)
WITH a LIMIT 10
RETURN a.id AS id ORDER BY id

// limit before the predicate
MATCH (a:Record)
WITH a ORDER BY a.id LIMIT 10 WHERE VISIBLE(a)
RETURN a.id AS id ORDER BY id

// candidates cut before the predicate
MATCH (a:Record)
WITH a ORDER BY a.id LIMIT 10
MATCH (a)-[:HEAD]->(v:Version) WHERE VISIBLE(a) AND VISIBLE(v)
RETURN a.id AS id ORDER BY id

// no bound at all
MATCH (a:Record) WHERE VISIBLE(a)
RETURN a.id AS id ORDER BY id

// a reckoned limit
MATCH (a:Record) WHERE VISIBLE(a)
RETURN a.id AS id ORDER BY id LIMIT $first + 1

// a far limit
MATCH (a:Record) WHERE VISIBLE(a)
RETURN a.id AS id ORDER BY id LIMIT 100000

// SKIP
MATCH (a:Record) WHERE VISIBLE(a)
RETURN a.id AS id ORDER BY id SKIP 10 LIMIT 10

// map of everything
MATCH (n:Record {id: $id}) WHERE VISIBLE(n)
RETURN n {.*} AS n ORDER BY n.id

// properties
MATCH (n:Record {id: $id}) WHERE VISIBLE(n)
RETURN properties(n) AS said ORDER BY n.id

// keys
MATCH (n:Record {id: $id}) WHERE VISIBLE(n)
RETURN keys(n) AS said ORDER BY n.id

// elementId
MATCH (n:Record {id: $id}) WHERE VISIBLE(n)
RETURN elementId(n) AS said ORDER BY n.id

// whole node
MATCH (n:Record {id: $id}) WHERE VISIBLE(n)
RETURN n ORDER BY n.id

// whole far node
MATCH (n:Record {id: $id})-[r:MET_WITH]-(m) WHERE VISIBLE(n) AND VISIBLE(r) AND REACHED(m)
RETURN [n.id, startNode(r)] AS ends ORDER BY n.id

// rand
MATCH (n:Record {id: $id}) WHERE VISIBLE(n)
RETURN n.id AS id, rand() AS r ORDER BY id

// clock
MATCH (n:Record {id: $id}) WHERE VISIBLE(n)
RETURN n.id AS id, datetime() AS now ORDER BY id

// procedure
CALL db.labels() YIELD label
RETURN label ORDER BY label

// full text
CALL db.index.fulltext.queryNodes($index, $text) YIELD node
RETURN node.id AS id ORDER BY id LIMIT 10

// UNION
MATCH (a:Record {id: $id}) WHERE VISIBLE(a)
RETURN a.id AS id ORDER BY id
UNION MATCH (b:Record {id: $id})
RETURN b.id AS id ORDER BY id

// comment that hides the predicate
MATCH (a:Record {id: $id}) WHERE true // AND VISIBLE(a)
RETURN a.id AS id ORDER BY id

// quoted name
MATCH (`a`:Record {id: $id}) WHERE VISIBLE(a)
RETURN a.id AS id ORDER BY id

// MERGE on a record
MERGE (n:Record {id: $id})
RETURN 1 AS one

// what MERGE found
MERGE (n:Value {id: $id})
RETURN n.kind AS kind

// MERGE that changes
MERGE (n:Value {id: $id}) ON
MATCH SET n.kind = $kind
RETURN 1 AS one

// created without a gate
CREATE (n:Record {id: $id, aud: $aud, level: $level, comp: $comp, class: $class})

// a gate widened
MATCH (n:Record {id: $id}) WHERE VISIBLE(n) SET n.level = 0
RETURN n.id AS id ORDER BY id

// a class reopened
MATCH (n:Record {id: $id}) WHERE VISIBLE(n) SET n.class = '-'
RETURN n.id AS id ORDER BY id

// content rewritten
MATCH (n:Record {id: $id})-[:HEAD]->(v:Version) WHERE VISIBLE(n) AND VISIBLE(v) SET v += row.said
RETURN n.id AS id ORDER BY id

// DELETE of a node
MATCH (n:Record {id: $id}) WHERE VISIBLE(n) DELETE n

// operations
MATCH (o:Operation {id: $id})
RETURN o.made AS made ORDER BY o.id

// operations gated by name
MATCH (o:Operation {id: $id}) WHERE VISIBLE(o)
RETURN o.made AS made ORDER BY o.id

// a key without a gated link
MATCH (k:Key {id: $id})<-[r:KEYED]-(n:Record) WHERE VISIBLE(n)
RETURN n.id AS id ORDER BY id

// a key counted
MATCH (k:Key) WHERE k.id IN $ids
RETURN k.id AS id ORDER BY id

// a count that leaves
MATCH (k:Key)<-[r:KEYED]-(n:Record) WHERE k.id IN $ids AND VISIBLE(r) AND VISIBLE(n)
WITH n, count(r) AS carried ORDER BY carried DESC, n.id LIMIT $most
RETURN n.id AS id, carried ORDER BY id

// a count returned
MATCH (k:Key)<-[r:KEYED]-(n:Record) WHERE k.id IN $ids AND VISIBLE(r) AND VISIBLE(n)
RETURN n.id AS id, count(r) AS carried ORDER BY id LIMIT 9

// a count that cuts nothing
MATCH (k:Key)<-[r:KEYED]-(n:Record) WHERE k.id IN $ids AND VISIBLE(r) AND VISIBLE(n)
WITH n, count(r) AS carried
RETURN n.id AS id ORDER BY id LIMIT 9

// keys counted
MATCH (k:Key)<-[r:KEYED]-(n:Record) WHERE k.id IN $ids AND VISIBLE(r) AND VISIBLE(n)
WITH n, count(k) AS carried ORDER BY carried DESC, n.id LIMIT $most
RETURN n.id AS id ORDER BY id

// a count of an ungated link
MATCH (k:Key)<-[r:KEYED]-(n:Record) WHERE k.id IN $ids AND VISIBLE(n)
WITH n, count(r) AS carried ORDER BY carried DESC, n.id LIMIT $most
RETURN n.id AS id ORDER BY id

// a count of everything
MATCH (k:Key)<-[r:KEYED]-(n:Record) WHERE k.id IN $ids AND VISIBLE(r) AND VISIBLE(n)
WITH n, count(*) AS carried ORDER BY carried DESC, n.id LIMIT $most
RETURN n.id AS id ORDER BY id

// an order that ends in a count
MATCH (k:Key)<-[r:KEYED]-(n:Record) WHERE k.id IN $ids AND VISIBLE(r) AND VISIBLE(n)
WITH n, count(r) AS carried ORDER BY n.id, carried LIMIT $most
RETURN n.id AS id ORDER BY id

// judged only after it was chosen
MATCH (n:Record {id: $id}) WITH n ORDER BY n.id LIMIT 50 WHERE VISIBLE(n)
RETURN n.id AS id ORDER BY id

// judged again or not
MATCH (n:Record {id: $id}) WHERE VISIBLE(n)
WITH n ORDER BY n.id LIMIT 50 WHERE VISIBLE(n) OR n.kind = $kind
RETURN n.id AS id ORDER BY id

// judged again though it went out of sight
MATCH (n:Record {id: $id}) WHERE VISIBLE(n)
WITH n.id AS id ORDER BY id LIMIT 50 WHERE VISIBLE(n)
RETURN id ORDER BY id

// an end that stands in a list of a caller
MATCH (a:Record {id: $id}) WHERE VISIBLE(a)
MATCH (a)-[r:WALKED]->(b) WHERE b IN $nodes AND VISIBLE(r)
RETURN r.id AS id ORDER BY id LIMIT 50

// an end that stands in no list of nodes
WITH COLLECT { MATCH (s:Record) WHERE s.id IN $ids AND VISIBLE(s) RETURN s ORDER BY s.id LIMIT 50 } AS kept
UNWIND kept AS a
MATCH (a)-[r:WALKED]->(b) WHERE NOT b IN kept AND VISIBLE(r)
RETURN r.id AS id ORDER BY id LIMIT 50

// content of what stands in a list
WITH COLLECT { MATCH (s:Record) WHERE s.id IN $ids AND VISIBLE(s) RETURN s ORDER BY s.id LIMIT 50 } AS kept
UNWIND kept AS a
MATCH (a)-[:HEAD]->(b:Version) WHERE b IN kept
RETURN b.names AS names ORDER BY a.id LIMIT 50

// any end but those in a list
WITH COLLECT { MATCH (s:Record) WHERE s.id IN $ids AND VISIBLE(s) RETURN s ORDER BY s.id LIMIT 50 } AS kept
UNWIND kept AS a
MATCH (a)-[r:WALKED]->(b) WHERE (b IN kept OR b.kind = $kind) AND VISIBLE(r)
RETURN r.id AS id ORDER BY id LIMIT 50

// a link that stands in a list
WITH COLLECT { MATCH (s:Record) WHERE s.id IN $ids AND VISIBLE(s) RETURN s ORDER BY s.id LIMIT 50 } AS kept
UNWIND kept AS a
MATCH (a)-[r:WALKED]->(b) WHERE r IN kept AND REACHED(b)
RETURN r.id AS id ORDER BY id LIMIT 50

// a repeated hop that begins anywhere
MATCH ((x)-[r:WALKED]-(y) WHERE VISIBLE(r) AND REACHED(y)){1,1} (b:Record {id: $id}) WHERE VISIBLE(b)
UNWIND x AS h RETURN h.id AS id ORDER BY h.id LIMIT 50

// an end that stands in a list of gated nodes and others
WITH COLLECT { MATCH (s:Record) WHERE s.id IN $ids AND VISIBLE(s) RETURN s ORDER BY s.id LIMIT 50 } AS kept
WITH kept, kept + $others AS met, COLLECT { MATCH (k:Key)<-[r:KEYED]-(n:Record) WHERE VISIBLE(r) AND VISIBLE(n) RETURN k.id ORDER BY k.id LIMIT 50 } AS keys
WITH kept, [one IN keys | kept] AS met
UNWIND kept AS a
MATCH (a)-[r:WALKED]->(b) WHERE b IN met AND VISIBLE(r)
RETURN r.id AS id ORDER BY id LIMIT 50

// a condition inside a repeated hop
MATCH (a:Record {id: $id}) WHERE VISIBLE(a)
MATCH (a) ((x)-[r:WALKED]-(y WHERE EXISTS { (y)-[q:WALKED]-(z:Person {id: $z}) }) WHERE VISIBLE(r) AND REACHED(y)){1,3} (b) WHERE REACHED(b)
RETURN b.id AS id ORDER BY id LIMIT 50

// a change to whatever stands beside
MATCH (a:Record {id: $id}) WHERE VISIBLE(a)
FOREACH (z IN [(a)-[r:WALKED]-(b) | b] | SET z.class = 'PURGED')

// a shortest path with a hop outside its parentheses
MATCH (a:Record {id: $a}) WHERE VISIBLE(a)
MATCH p = SHORTEST 1 (a) ((x)-[r:WALKED]-(y) WHERE VISIBLE(r) AND REACHED(y)){1,8} (b)-[q:WALKED]-(c) WHERE REACHED(b) AND VISIBLE(q) AND REACHED(c)
RETURN length(p) AS hops ORDER BY a.id LIMIT 1

// the nodes of one shortest path, one by one
MATCH (a:Record {id: $a}) WHERE VISIBLE(a)
MATCH (b:Record {id: $b}) WHERE VISIBLE(b)
MATCH p = SHORTEST 1 (a) ((x)-[r:WALKED]-(y) WHERE VISIBLE(r) AND REACHED(y)){1,8} (b)
UNWIND nodes(p) AS n
RETURN n.id AS id ORDER BY id LIMIT 50

// whether an identifier was there, by unwinding it
MERGE (x:Value {id: $id}) WITH x UNWIND [x] AS m
RETURN m.kind AS kind ORDER BY m.id LIMIT 1

// a repeated hop of no hops
MATCH (a:Value {id: $id}) ((x)-[r:WALKED]-(y) WHERE VISIBLE(r) AND REACHED(y)){0,3} (b) WHERE REACHED(b)
RETURN b.id AS id ORDER BY id LIMIT 50

// an order by what is the same in every row
MATCH (a:Record {id: $id}) WHERE VISIBLE(a)
MATCH (a)-[r:WALKED]-(b) WHERE VISIBLE(r) AND REACHED(b)
RETURN b.id AS id ORDER BY a.id LIMIT 4

// a count of what was cut in no order
MATCH (a:Record {id: $id}) WHERE VISIBLE(a)
RETURN COUNT { MATCH (a)-[r:WALKED]-(b) WHERE VISIBLE(r) AND REACHED(b) WITH b LIMIT $n WHERE b.kind = $kind RETURN b LIMIT 5 } AS many ORDER BY a.id

// whether an identifier was there, by choosing it
MERGE (x:Value {id: $id}) WITH x WHERE x.kind = $kind
RETURN 1 AS one

// whether an identifier was there, by its order
MERGE (x:Value {id: $id}) WITH x UNWIND $records AS m WITH m ORDER BY x.kind, m.id LIMIT 4
RETURN m AS id ORDER BY m.id

// the length of what is no list of gated nodes
MATCH (a:Record {id: $id}) WHERE VISIBLE(a) WITH a, a.audience AS told
RETURN size(told) AS many ORDER BY a.id LIMIT 1

// a list that is cut by the length of something else
WITH COLLECT { MATCH (s:Record) WHERE s.id IN $ids AND VISIBLE(s) RETURN s ORDER BY s.id LIMIT 50 } AS kept
WITH kept, kept[..$limit - size(told)] AS met
UNWIND kept AS a
MATCH (a)-[r:WALKED]->(b) WHERE b IN met AND VISIBLE(r)
RETURN r.id AS id ORDER BY id LIMIT 50

// a count that leaves by being unwound
MATCH (k:Key)<-[r:KEYED]-(n:Record) WHERE k.id IN $ids AND VISIBLE(r) AND VISIBLE(n)
WITH n, count(r) AS carried ORDER BY carried DESC, n.id LIMIT $most
RETURN COLLECT { UNWIND [carried] AS c RETURN DISTINCT c ORDER BY c } AS many ORDER BY n.id

// a count that chooses
MATCH (k:Key)<-[r:KEYED]-(n:Record) WHERE k.id IN $ids AND VISIBLE(r) AND VISIBLE(n)
WITH n, count(r) AS carried ORDER BY carried DESC, n.id LIMIT $most WHERE carried = 2
RETURN n.id AS id ORDER BY id

// what is cut in no order and does not tell of how much
MATCH (a:Record {id: $id}) WHERE VISIBLE(a)
RETURN COLLECT { UNWIND COLLECT { WITH COLLECT { MATCH (a)-[r:WALKED]-(b) WHERE VISIBLE(r) AND REACHED(b) WITH r, b LIMIT $most RETURN [r, b] AS seen ORDER BY b.id, r.id } AS k UNWIND k[..$n] AS s RETURN [s[0], s[1]] AS cut } AS c WITH c[0] AS r, c[1] AS b RETURN b.id AS id ORDER BY b.id, r.id } AS ids ORDER BY a.id

// what is cut in no order and chosen from
MATCH (a:Record {id: $id}) WHERE VISIBLE(a)
RETURN COLLECT { WITH COLLECT { MATCH (a)-[r:WALKED]-(b) WHERE VISIBLE(r) AND REACHED(b) WITH r, b LIMIT $most RETURN [r, b] AS seen ORDER BY b.id, r.id } AS k WITH k WHERE size(k) = 3 UNWIND k AS s WITH s[1] AS b RETURN b.id AS id ORDER BY b.id } AS ids ORDER BY a.id

// what is cut in no order and leaves at once
MATCH (a:Record {id: $id}) WHERE VISIBLE(a)
RETURN COLLECT { MATCH (a)-[r:WALKED]-(b) WHERE VISIBLE(r) AND REACHED(b) WITH r, b LIMIT $most RETURN [r, b] AS seen ORDER BY b.id, r.id } AS ids ORDER BY a.id

// a cut of something else than was found
MATCH (a:Record {id: $id}) WHERE VISIBLE(a)
RETURN COLLECT { UNWIND COLLECT { WITH COLLECT { MATCH (a)-[r:WALKED]-(b) WHERE VISIBLE(r) AND REACHED(b) WITH b.id AS b LIMIT $most RETURN [b] AS seen ORDER BY b.id } AS k UNWIND k[..$n] AS s RETURN [size(k), s[0]] AS cut } AS c WITH c[1] AS b RETURN b AS id ORDER BY b.id } AS ids ORDER BY a.id

// a hint for another index
MATCH (v:Version)<-[:HEAD]-(n:Record) USING INDEX v:Version(op_id) WHERE v.op_id = $op_id AND VISIBLE(n) AND VISIBLE(v)
RETURN n.id AS id ORDER BY id LIMIT 50

// links but name keys taken from a record unseen
MATCH (n:Record {id: $id}) WHERE VISIBLE(n)
CALL (n) { MATCH (n)-[key:KEYED|MEMBER_OF]->(k:Key) DELETE key }
RETURN n.id AS id ORDER BY id

// a link deleted that was not gated, beside its keys
MATCH (n:Record {id: $id}) WHERE VISIBLE(n)
CALL (n) { MATCH (n)-[r:MEMBER_OF]->(m) DELETE r }
RETURN n.id AS id ORDER BY id

// what a record said before, taken from it beside its keys
MATCH (n:Record {id: $id}) WHERE VISIBLE(n)
CALL (n) { MATCH (n)-[w:WAS]->(old:Version), (n)-[key:KEYED]->(:Key) DELETE w }
RETURN n.id AS id ORDER BY id

// the category of a far end
MATCH (n:Record {id: $id})-[r:MEMBER_OF]->(m) WHERE VISIBLE(n) AND VISIBLE(r) AND REACHED(m)
SET m.class = $category

// the category of a link
MATCH (n:Record {id: $id})-[r:MEMBER_OF]->(m) WHERE VISIBLE(n) AND VISIBLE(r) AND REACHED(m)
SET r.class = $category

// versions that were nobody's, opened with the record
MATCH (n:Record {id: $id}) WHERE VISIBLE(n)
WITH n, n.class AS before
CALL (n, before) { MATCH (n)-[:WAS]->(old:Version) SET old.class = $category }
RETURN n.id AS id ORDER BY id

// versions that were of another class, opened with the record
MATCH (n:Record {id: $id}) WHERE VISIBLE(n)
WITH n, 'WITHDRAWN' AS before
CALL (n, before) { MATCH (n)-[:WAS]->(old:Version) WHERE old.class = before SET old.class = $category }
RETURN n.id AS id ORDER BY id

// keys that were nobody's, opened with the record
MATCH (n:Record {id: $id}) WHERE VISIBLE(n)
WITH n, n.class AS before
CALL (n, before) { MATCH (n)-[key:KEYED]->(:Key) WHERE key.level = before SET key.class = $category }
RETURN n.id AS id ORDER BY id

// any class
MATCH (n:Record {id: $id})-[:HEAD]->(v:Version) WHERE VISIBLE(n) AND VISIBLE(v) SET n.class = $class

// another's category kept
MATCH (n:Record {id: $id})-[:HEAD]->(v:Version) WHERE VISIBLE(n) AND VISIBLE(v)
CALL (n, v) { MATCH (n)-[:WAS]->(old:Version) SET old.category = coalesce(old.category, v.class) }
RETURN n.id AS id ORDER BY id

// a change that waits, read by anybody
MATCH (n:Record:Change)-[:HEAD]->(v:Version) WHERE n.id IN $ids AND VISIBLE(n)
RETURN v.asked AS asked ORDER BY n.id LIMIT 50
