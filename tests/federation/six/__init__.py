"""The proof that a federated answer is honest whatever becomes of its peers, against a model that holds all six graphs.

In order:
1. `land` gives each state its place on a network, `ways` a proxy from each asker to each owner that does harm.
2. `model` draws six graphs, agreements and officers, and says in plain Python what each owner gives to whom.
3. `operations` is the table of what is asked; `weather` of what befalls each way, and what a status may then be.
4. `across` works out networks and paths from all six graphs, and `joining` holds answers against it.
5. `stage` opens the nodes; `judging` holds each answer against the model; `run` asks, counts and prints.
6. `weaken` breaks the product on purpose, and each break must be found.
"""
