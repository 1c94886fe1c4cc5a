// Keep these acts of followers: each a record of its own that nothing is joined to, which names the account that it is about.
// scope:   read
// params:  acts, op_id
// returns: id
UNWIND $acts AS row
CREATE (n:Record:Follower {aud: row.gate.aud, level: row.gate.level, comp: row.gate.comp, class: row.gate.class, until: row.gate.until, id: row.id, kind: 'follower', audience: row.gate.audience})
CREATE (n)-[:HEAD]->(v:Version {aud: row.gate.aud, level: row.gate.level, comp: row.gate.comp, class: row.gate.class, until: row.gate.until, audience: row.gate.audience, op_id: $op_id, nth: 1, kind: 'follower', record: row.id})
SET v += row.said
RETURN n.id AS id ORDER BY id
