// Take away what stands for records of other states and no assertion leads to any more.
// scope:   keep
// params:  -
// returns: -
MATCH (f:Record:Foreign)
WHERE NOT EXISTS { MATCH (f)-[r]-(x) }
DELETE f
