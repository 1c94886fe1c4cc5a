// Take the identifiers away that nothing touches any more. One that is being linked meanwhile is not taken: the database refuses it, and the whole waits for the next time.
// scope:   keep
// params:  -
// returns: -
MATCH (v:Value)
WHERE NOT EXISTS { MATCH (v)-[r]-(x) }
DELETE v
