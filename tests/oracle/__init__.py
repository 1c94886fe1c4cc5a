"""The differential oracle: what a plain reading of the rules gives, against what the node answers over HTTP."""
