// Is this identifier touched by anything that the viewer may see?
// scope:   read
// params:  value
// returns: id, kind
MATCH (x:Value {id: $value}) WHERE TOUCHED(x)
RETURN x.id AS id, x.kind AS kind ORDER BY id
