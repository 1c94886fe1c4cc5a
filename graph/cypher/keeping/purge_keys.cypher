// Take the name keys away that lead to nothing any more; the notes of operations are keys too, and stay.
// scope:   keep
// params:  -
// returns: -
MATCH (k:Key)
WHERE NOT k:Operation AND NOT EXISTS { MATCH (k)-[r]-(x) }
DELETE k
