"""What alembic runs: the steps, on the connection handed in, inside its transaction."""

from alembic import context

from register.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True)
context.run_migrations()
