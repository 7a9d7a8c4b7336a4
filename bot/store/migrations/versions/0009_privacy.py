"""Retention of people who stay away, and marks of whom the database forgot."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("workspace", sa.Column("away_days", sa.Integer, nullable=False, server_default=sa.text("0")))
    op.add_column("learner", sa.Column("chosen_at", sa.BigInteger))
    op.create_table(
        "erasure",
        sa.Column("mark", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(120), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("mark", "kind", name="pk_erasure"),
        sqlite_with_rowid=False,
    )
