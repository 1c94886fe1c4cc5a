// Versions stand in an order of their own; until now a record had one, and one more if it was withdrawn.
MATCH (n:Record)-[:WAS]->(v:Version) WHERE v.nth IS NULL
CALL (v) { SET v.nth = 1 } IN TRANSACTIONS OF 2000 ROWS;
MATCH (n:Record)-[:HEAD]->(v:Version) WHERE v.nth IS NULL
CALL (n, v) { SET v.nth = 1 + COUNT { (n)-[:WAS]->(:Version) } } IN TRANSACTIONS OF 2000 ROWS;
