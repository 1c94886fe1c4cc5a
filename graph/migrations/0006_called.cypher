// A search weighs the names that stand on a head, whatever its kind. JSON writes a quotation mark inside a name as \" and
// a reverse stroke as \\, so "text":" and "," stand between names only (a name that itself ends in ", loses that end).
MATCH (n:Record)-[:HEAD]->(v:Version) WHERE v.called IS NULL AND n.kind = 'account' AND v.handle IS NOT NULL
CALL (v) { SET v.called = [v.handle] } IN TRANSACTIONS OF 2000 ROWS;
MATCH (n:Record)-[:HEAD]->(v:Version) WHERE v.called IS NULL AND n.kind IN ['person', 'gang'] AND v.names IS NOT NULL
CALL (v) {
  WITH v, [part IN tail(split(v.names, '"text":"')) | split(split(part, '","')[0], '"}')[0]] AS texts
  SET v.called = [text IN texts | replace(replace(text, '\\"', '"'), '\\\\', '\\')]
} IN TRANSACTIONS OF 2000 ROWS;
