"""The team: times of rest, the opt-in board, certificates of completion."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_NONE = sa.text("''")


def _words(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(120), nullable=False) for name in names]


def upgrade() -> None:
    op.add_column("workspace", sa.Column("certificates", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_table(
        "snooze",
        *_words("workspace", "person"),
        *(sa.Column(name, sa.String(10), nullable=False, server_default=_NONE) for name in ("first", "until")),
        sa.PrimaryKeyConstraint("workspace", "person", "first", name="pk_snooze"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "board",
        *_words("workspace", "person"),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("workspace", "person", name="pk_board"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "certificate",
        *_words("workspace", "person", "theme", "code"),
        *(sa.Column(name, sa.Text, nullable=False, server_default=_NONE) for name in ("name", "title")),
        sa.Column("lessons", sa.Text, nullable=False),
        sa.Column("finished", sa.String(10), nullable=False, server_default=_NONE),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("workspace", "person", "theme", name="pk_certificate"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_certificate_workspace_code", "certificate", ["workspace", "code"])
