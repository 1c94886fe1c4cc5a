// What has lapsed is found by its end, and what is disputed by when it was.
CREATE RANGE INDEX record_until IF NOT EXISTS FOR (n:Record) ON (n.until);
CREATE RANGE INDEX version_disputed IF NOT EXISTS FOR (v:Version) ON (v.disputed_at);
