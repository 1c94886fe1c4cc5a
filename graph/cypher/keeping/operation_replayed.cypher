// Was this operation carried out before, with which body, and which ids did it make?
// scope:   keep
// params:  op_id
// returns: body, made
MATCH (o:Operation {id: $op_id})
RETURN o.body AS body, o.made AS made ORDER BY o.id LIMIT 1
