"""The proof that nothing hidden shows: two worlds that look alike to a viewer answer that viewer alike.

In order:
1. `world` draws a world, a viewer, and changes that this viewer must not see; `low` says in plain Python what he sees.
2. `operations` reads the schema and makes documents and arguments for everything in it; `program` strings them up.
3. `stage` runs a program over HTTP on a real node; `observe` keeps what the viewer could tell apart.
4. `run` compares, shrinks and prints; `weaken` breaks the product on purpose, and each break must be found.
"""
