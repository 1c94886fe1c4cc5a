// Does the database answer at all?
// scope:   keep
// params:  -
// returns: one
RETURN 1 AS one
