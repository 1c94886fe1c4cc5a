// Which of these records are there, whoever may see them?
// scope:   keep
// params:  ids
// returns: id
MATCH (n:Record) WHERE n.id IN $ids
RETURN n.id AS id ORDER BY id
