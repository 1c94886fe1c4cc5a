"""Charts: a network that was granted, as files that an analyst takes away. Pure: words and numbers in, bytes out."""
