"""What an officer or a peer does, one function per act: decide, ask the graph, write the ledger, answer."""
