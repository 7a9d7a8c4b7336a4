"""The question of the week: when it follows a schedule's posts, and to which schedule's question an answer belongs."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_NONE = sa.text("''")
_OF_QUESTIONS = sa.text("schedule <> ''")


def upgrade() -> None:
    op.add_column("schedule", sa.Column("question_after", sa.Text, nullable=False, server_default=_NONE))
    op.add_column("answer", sa.Column("schedule", sa.Text, nullable=False, server_default=_NONE))
    op.create_index(
        "ix_answer_workspace_quiz_given_correct",
        "answer",
        ["workspace", "quiz", "given", "correct"],
        sqlite_where=_OF_QUESTIONS,
        postgresql_where=_OF_QUESTIONS,
    )
