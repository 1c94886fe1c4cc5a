// Note that this transaction carries out an operation, so that its outcome can be settled after a crash and a replay can be answered.
// scope:   keep
// params:  op_id, at, made, body
// returns: -
CREATE (:Operation {id: $op_id, at: $at, made: $made, body: $body})
