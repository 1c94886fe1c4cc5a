"""Whatever officers do in whatever order, in several processes: a node holds what a naive model holds."""
