// What names an account and is joined to nothing is found by the account, and acts of one follower by the pseudonym.
CREATE RANGE INDEX version_account IF NOT EXISTS FOR (v:Version) ON (v.account, v.sort_time);
CREATE RANGE INDEX version_pseudonym IF NOT EXISTS FOR (v:Version) ON (v.pseudonym);
