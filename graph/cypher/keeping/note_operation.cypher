// Note that this transaction carries out an operation; a second that would carry out the same one fails whole, since it is a Key too.
// scope:   keep
// params:  op_id, at, made, body
// returns: -
CREATE (:Operation:Key {id: $op_id, at: $at, made: $made, body: $body})
