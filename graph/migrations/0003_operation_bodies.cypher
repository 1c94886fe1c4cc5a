// The operations of one import share their body, and are found by it.
CREATE RANGE INDEX operation_body IF NOT EXISTS FOR (n:Operation) ON (n.body);
