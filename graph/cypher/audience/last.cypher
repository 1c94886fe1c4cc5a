// What was published last of the audience of this account?
// scope:   read
// params:  account
// returns: gates, taken_on, cells
MATCH (n:Record:Audience)-[:HEAD]->(v:Version)
WHERE v.account = $account AND VISIBLE(n) AND VISIBLE(v)
RETURN [[n.id, n.audience, n.level, n.comp, n.class, n.until], [n.id, v.audience, v.level, v.comp, v.class, v.until]] AS gates, v.sort_time AS taken_on, v.cells AS cells ORDER BY taken_on DESC, n.id LIMIT 1
