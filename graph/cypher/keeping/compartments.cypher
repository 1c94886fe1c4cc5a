// In which compartments does anything lie?
// scope:   keep
// params:  -
// returns: comp
MATCH (n:Record) WHERE n.comp IS NOT NULL
RETURN DISTINCT n.comp AS comp ORDER BY comp
