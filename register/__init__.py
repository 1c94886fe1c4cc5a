"""The station's registers, in SQL: officers, enquiries, approvals, and the hash-chained ledger of every look."""
