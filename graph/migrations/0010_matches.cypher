// What may be of one thing is found by whose queue it stands in.
CREATE RANGE INDEX version_queue IF NOT EXISTS FOR (v:Version) ON (v.queue, v.queued);
