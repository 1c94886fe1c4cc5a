"""How a register came to its present form, step by step (alembic)."""
