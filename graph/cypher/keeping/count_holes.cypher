// How many records, versions and links have a hole in their gate, and are nobody's?
// scope:   keep
// params:  -
// returns: records, versions, links
RETURN COUNT { MATCH (n:Record) WHERE n.aud IS NULL OR n.level IS NULL OR n.comp IS NULL OR n.class IS NULL OR n.until IS NULL OR n.audience IS NULL } AS records,
       COUNT { MATCH (v:Version) WHERE v.aud IS NULL OR v.level IS NULL OR v.comp IS NULL OR v.class IS NULL OR v.until IS NULL OR v.audience IS NULL } AS versions,
       COUNT { MATCH ()-[r]->() WHERE NOT type(r) IN ['HEAD', 'WAS'] AND (r.aud IS NULL OR r.level IS NULL OR r.comp IS NULL OR r.class IS NULL OR r.until IS NULL OR (r.audience IS NULL AND NOT type(r) IN ['KEYED', 'WAS_KEYED'])) } AS links
