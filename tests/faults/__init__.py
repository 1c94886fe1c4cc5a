"""Stores that go away, fill up or are held by others, and clocks that run backwards, under a real node."""
