// A list walks an index in its own order: a record's kind and id stand on its head, and on no version before it.
MATCH (n:Record)-[:HEAD]->(v:Version) WHERE v.withdrawn_because IS NULL AND v.kind IS NULL
CALL (n, v) { SET v.kind = n.kind, v.record = n.id } IN TRANSACTIONS OF 2000 ROWS;
CREATE RANGE INDEX version_sort_name IF NOT EXISTS FOR (v:Version) ON (v.kind, v.sort_name, v.record);
CREATE RANGE INDEX version_sort_time IF NOT EXISTS FOR (v:Version) ON (v.kind, v.sort_time, v.record);
CREATE RANGE INDEX version_recorded_at IF NOT EXISTS FOR (v:Version) ON (v.kind, v.recorded_at, v.record);
