"""Between the states: who the peers are, and how one question reaches all of them."""
