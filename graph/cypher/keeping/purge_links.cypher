// Take the links away that lapsed by then, and those that were closed and would have lapsed by then.
// scope:   keep
// params:  before
// returns: -
MATCH ()-[r]->()
WHERE r.until <= $before AND NOT type(r) IN ['HEAD', 'WAS', 'KEYED', 'WAS_KEYED']
DELETE r
