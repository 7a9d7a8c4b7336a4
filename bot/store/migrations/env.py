"""Runs the scripts on the connection that `bot.store.migrate` opened; it decides about locks and transactions."""

from alembic import context

from bot.store.tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    compare_server_default=True,
    transactional_ddl=True,
)
context.run_migrations()
