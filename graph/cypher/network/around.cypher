// Which records and identifiers lie within so many hops of these, hop by hop? How many visible neighbours has each of a hop (by id), which are hubs, how many neighbours have the others (by id) along these relations on that day, and which links lead from them to any?
// scope:   walk
// params:  records, values, hops, along, valid_at, narrowed, limit, most, most_links, hub, start_hub
// returns: gates, nodes, degrees, hubs, narrow, links
// past:    yes
WITH COLLECT { MATCH (s:Value) WHERE s.id IN $values AND TOUCHED(s) RETURN s ORDER BY s.kind, s.id }
   + COLLECT { MATCH (s:Record) WHERE s.id IN $records AND VISIBLE(s) RETURN s ORDER BY s.kind, s.id } AS met
WITH met, COLLECT {
  UNWIND met AS n
  WITH n, COUNT {
    MATCH (n)-[r:WALKED]-(m) WHERE VISIBLE(r) AND REACHED(m)
    RETURN DISTINCT m LIMIT $start_hub } AS degree
  RETURN degree ORDER BY n.id } AS of_met
// Whatever was asked along, a hub is known by all its visible neighbours: what is not asked for is looked at too.
// Which of them are hubs is asked only if there are any; a layer, only if something could be kept of it.
WITH met, of_met, COLLECT {
  UNWIND [x IN met WHERE $start_hub IN of_met] AS n
  WITH n WHERE COUNT {
    MATCH (n)-[r:WALKED]-(m) WHERE VISIBLE(r) AND REACHED(m)
    RETURN DISTINCT m LIMIT $start_hub } = $start_hub
  RETURN n.id ORDER BY n.id } AS hubs
WITH met, of_met, hubs, COLLECT {
  UNWIND [x IN met WHERE $hops >= 1 AND size(met) < $limit AND NOT x.id IN hubs] AS n
  MATCH (n)-[r:WALKED]-(m)
  WHERE VISIBLE(r) AND type(r) IN $along AND ($valid_at IS NULL OR (r.valid_from <= $valid_at AND $valid_at < r.valid_to)) AND REACHED(m)
  WITH DISTINCT m WHERE NOT m IN met
  RETURN m ORDER BY m.kind, m.id LIMIT $limit } AS one
WITH met, of_met, hubs, one[..$limit - size(met)] AS one
WITH met, of_met, hubs, one, COLLECT {
  UNWIND one AS n
  WITH n, COUNT {
    MATCH (n)-[r:WALKED]-(m) WHERE VISIBLE(r) AND REACHED(m)
    RETURN DISTINCT m LIMIT $hub } AS degree
  RETURN degree ORDER BY n.id } AS of_one
WITH met + one AS met, of_met, one, of_one, hubs + COLLECT {
  UNWIND [x IN one WHERE $hub IN of_one] AS n
  WITH n WHERE COUNT {
    MATCH (n)-[r:WALKED]-(m) WHERE VISIBLE(r) AND REACHED(m)
    RETURN DISTINCT m LIMIT $hub } = $hub
  RETURN n.id ORDER BY n.id } AS hubs
WITH met, of_met, of_one, hubs, COLLECT {
  UNWIND [x IN one WHERE $hops >= 2 AND size(met) < $limit AND NOT x.id IN hubs] AS n
  MATCH (n)-[r:WALKED]-(m)
  WHERE VISIBLE(r) AND type(r) IN $along AND ($valid_at IS NULL OR (r.valid_from <= $valid_at AND $valid_at < r.valid_to)) AND REACHED(m)
  WITH DISTINCT m WHERE NOT m IN met
  RETURN m ORDER BY m.kind, m.id LIMIT $limit } AS two
WITH met, of_met, of_one, hubs, two[..$limit - size(met)] AS two
WITH met, of_met, of_one, hubs, two, COLLECT {
  UNWIND two AS n
  WITH n, COUNT {
    MATCH (n)-[r:WALKED]-(m) WHERE VISIBLE(r) AND REACHED(m)
    RETURN DISTINCT m LIMIT $hub } AS degree
  RETURN degree ORDER BY n.id } AS of_two
WITH met + two AS met, of_met, of_one, two, of_two, hubs + COLLECT {
  UNWIND [x IN two WHERE $hub IN of_two] AS n
  WITH n WHERE COUNT {
    MATCH (n)-[r:WALKED]-(m) WHERE VISIBLE(r) AND REACHED(m)
    RETURN DISTINCT m LIMIT $hub } = $hub
  RETURN n.id ORDER BY n.id } AS hubs
WITH met, of_met, of_one, of_two, hubs, COLLECT {
  UNWIND [x IN two WHERE $hops >= 3 AND size(met) < $limit AND NOT x.id IN hubs] AS n
  MATCH (n)-[r:WALKED]-(m)
  WHERE VISIBLE(r) AND type(r) IN $along AND ($valid_at IS NULL OR (r.valid_from <= $valid_at AND $valid_at < r.valid_to)) AND REACHED(m)
  WITH DISTINCT m WHERE NOT m IN met
  RETURN m ORDER BY m.kind, m.id LIMIT $limit } AS three
WITH met, of_met, of_one, of_two, hubs, three[..$limit - size(met)] AS three
WITH met, of_met, of_one, of_two, hubs, three, COLLECT {
  UNWIND three AS n
  WITH n, COUNT {
    MATCH (n)-[r:WALKED]-(m) WHERE VISIBLE(r) AND REACHED(m)
    RETURN DISTINCT m LIMIT $hub } AS degree
  RETURN degree ORDER BY n.id } AS of_three
WITH met + three AS kept, [of_met, of_one, of_two, of_three] AS degrees, hubs + COLLECT {
  UNWIND [x IN three WHERE $hub IN of_three] AS n
  WITH n WHERE COUNT {
    MATCH (n)-[r:WALKED]-(m) WHERE VISIBLE(r) AND REACHED(m)
    RETURN DISTINCT m LIMIT $hub } = $hub
  RETURN n.id ORDER BY n.id } AS hubs
WITH kept, degrees, hubs, COLLECT {
  UNWIND [x IN kept WHERE $narrowed AND NOT x.id IN hubs] AS n
  WITH n, COUNT {
    MATCH (n)-[r:WALKED]-(m)
    WHERE VISIBLE(r) AND type(r) IN $along AND ($valid_at IS NULL OR (r.valid_from <= $valid_at AND $valid_at < r.valid_to)) AND REACHED(m)
    RETURN DISTINCT m LIMIT $most } AS degree
  RETURN degree ORDER BY n.id } AS narrow
WITH kept, degrees, hubs, narrow, COLLECT {
  UNWIND [x IN kept WHERE NOT x.id IN hubs] AS a
  MATCH (a)-[r:WALKED]->(b)
  WHERE b IN kept AND VISIBLE(r) AND type(r) IN $along AND ($valid_at IS NULL OR (r.valid_from <= $valid_at AND $valid_at < r.valid_to))
  WITH a, r, b ORDER BY r.id LIMIT $most_links
  RETURN [[r.id, r.audience, r.level, r.comp, r.class, r.until], type(r), a.id, b.id, r.role, r.criteria, r.basis, r.weight, r.as_written, r.note, r.owner, r.unit, r.valid_from, r.valid_to, r.recorded_at, r.recorded_by, r.legal_basis, r.case_ref, r.source_grade, r.info_grade, r.handling, r.handling_text, r.onward, r.review_on, r.expires_at] AS link ORDER BY r.id } AS links
RETURN [a IN kept WHERE a:Record | [a.id, a.audience, a.level, a.comp, a.class, a.until]] + [link IN links | link[0]] AS gates,
       [a IN kept | [a.id, a.kind]] AS nodes, degrees, hubs, narrow, [link IN links | link[1..]] AS links
