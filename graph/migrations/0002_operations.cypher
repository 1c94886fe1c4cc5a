// An operation is found by its id, and what it wrote by the operation.
CREATE RANGE INDEX operation_id IF NOT EXISTS FOR (n:Operation) ON (n.id);
CREATE RANGE INDEX version_op_id IF NOT EXISTS FOR (n:Version) ON (n.op_id);
