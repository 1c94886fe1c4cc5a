// Which records does a visible link join to this phone, account or FIR number, and how?
// scope:   read
// params:  value, labels, most
// returns: gates, id, kind, how
MATCH (x:Value {id: $value})-[r:LINKED]-(n:Record)-[:HEAD]->(v:Version)
WHERE VISIBLE(r) AND VISIBLE(n) AND VISIBLE(v) AND n.kind IN $labels
WITH n, v, min(type(r)) AS how ORDER BY n.id LIMIT $most
RETURN [[n.id, n.audience, n.level, n.comp, n.class, n.until], [n.id, v.audience, v.level, v.comp, v.class, v.until]] AS gates, n.id AS id, n.kind AS kind, how ORDER BY id
