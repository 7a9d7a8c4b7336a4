"""Reviews: what a learner remembers, the log of answers that counted, and what they decided on reviews."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_NUMBER = sa.text("0")
_NONE = sa.text("''")


def _words(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(120), nullable=False) for name in names]


def upgrade() -> None:
    op.add_column("workspace", sa.Column("desired_recall", sa.Integer, nullable=False, server_default=_NUMBER))
    question = ("workspace", "person", "theme", "lesson", "question")
    op.create_table(
        "memory",
        *_words(*question, "answer_key"),
        sa.Column("reviews", sa.Integer, nullable=False, server_default=_NUMBER),
        sa.Column("stability", sa.Double, nullable=False),
        sa.Column("difficulty", sa.Double, nullable=False),
        sa.Column("last", sa.BigInteger, nullable=False),
        sa.Column("due", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint(*question, name="pk_memory"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "review",
        *_words(*question),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        *_words("how"),
        sa.Column("given", sa.Text, nullable=False, server_default=_NONE),
        sa.Column("correct", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("guessed", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("grade", sa.Integer, nullable=False, server_default=_NUMBER),
        sa.Column("elapsed", sa.Integer),
        sa.Column("stability", sa.Double),
        sa.Column("difficulty", sa.Double),
        sa.Column("last", sa.BigInteger),
        sa.Column("desired", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint(*question, "number", name="pk_review"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_review_workspace_person_at", "review", ["workspace", "person", "at"])
    op.create_table(
        "review_plan",
        *_words("workspace", "person"),
        sa.Column("cap", sa.Integer, nullable=False, server_default=_NUMBER),
        sa.Column("frozen_until", sa.String(10), nullable=False, server_default=_NONE),
        sa.PrimaryKeyConstraint("workspace", "person", name="pk_review_plan"),
        sqlite_with_rowid=False,
    )
