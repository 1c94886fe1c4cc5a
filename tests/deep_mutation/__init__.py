"""Faults put into the predicate on purpose, each of which a test must find."""
