// Which of these operations were carried out?
// scope:   keep
// params:  op_ids
// returns: op_id
MATCH (o:Operation) WHERE o.id IN $op_ids
RETURN DISTINCT o.id AS op_id ORDER BY op_id
