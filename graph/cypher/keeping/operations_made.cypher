// What did the operations with this body make?
// scope:   keep
// params:  body
// returns: made
MATCH (o:Operation {body: $body})
RETURN o.made AS made ORDER BY o.id
