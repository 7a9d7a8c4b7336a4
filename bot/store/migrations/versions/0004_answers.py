"""Answers are kept by the ids of options, not by position: those given before tell only whether they were right."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("answer", sa.Column("given", sa.Text, nullable=False, server_default=sa.text("''")))
    op.drop_column("answer", "choice")
