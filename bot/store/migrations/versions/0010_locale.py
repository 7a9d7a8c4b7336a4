"""The language in which a person's platform speaks to them."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("learner", sa.Column("locale", sa.Text, nullable=False, server_default=""))
