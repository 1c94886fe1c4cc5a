"""Readers: files of one format each, as rows, one at a time."""
