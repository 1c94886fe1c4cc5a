// What stands here for another state's record is found by that record's id; it has as many as there are assertions.
CREATE RANGE INDEX record_of IF NOT EXISTS FOR (n:Record) ON (n.of);
