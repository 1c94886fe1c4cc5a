"""Other people's files in: readers, the mapping language, import runs, and the training world."""
