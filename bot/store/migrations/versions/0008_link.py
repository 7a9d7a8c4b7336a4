"""One learner over two chats: links, the codes that make them, and what stays on each side when one ends."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_NUMBER = sa.text("0")
_NONE = sa.text("''")
_SEAT = ("workspace", "person")
_LESSON = (*_SEAT, "theme", "lesson")
_QUESTION = (*_LESSON, "question")


def _words(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(120), nullable=False) for name in names]


def _moments(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger, nullable=False) for name in names]


def _notes(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False, server_default=_NONE) for name in names]


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, server_default=_NUMBER)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean, nullable=False, server_default=sa.false())


def _make(name: str, *columns: sa.Column, key: tuple[str, ...]) -> None:  # type: ignore[type-arg]
    op.create_table(name, *columns, sa.PrimaryKeyConstraint(*key, name=f"pk_{name}"), sqlite_with_rowid=False)


def upgrade() -> None:
    _make("link", *_words(*_SEAT, "other_workspace", "other_person"), *_moments("since"), key=_SEAT)
    op.create_index("ix_link_other_workspace_other_person", "link", ["other_workspace", "other_person"])
    _make(
        "link_code",
        *_words(*_SEAT, "name", "selector", "digest"),
        *_moments("expires_at"),
        *_words("state"),
        *_notes("other_workspace", "other_person"),
        key=_SEAT,
    )
    op.create_index("ix_link_code_selector", "link_code", ["selector"])
    op.create_index("ix_link_code_name", "link_code", ["name"])
    _make("link_guess", *_words(*_SEAT), _number("wrong"), *_moments("since"), key=_SEAT)
    op.create_index("ix_link_guess_since", "link_guess", ["since"])
    _make(
        "joint",
        *_words(*_QUESTION, "answer_key"),
        _number("reviews"),
        sa.Column("stability", sa.Double, nullable=False),
        sa.Column("difficulty", sa.Double, nullable=False),
        *_moments("last", "due"),
        key=_QUESTION,
    )
    _make("carried", *_words(*_LESSON), *_moments("at"), *_words("digest"), key=_LESSON)
    _make(
        "carried_review",
        *_words(*_QUESTION),
        sa.Column("number", sa.Integer, nullable=False),
        *_moments("at"),
        *_words("how"),
        *_notes("given"),
        _flag("correct"),
        _flag("guessed"),
        _number("grade"),
        sa.Column("elapsed", sa.Integer),
        sa.Column("stability", sa.Double),
        sa.Column("difficulty", sa.Double),
        sa.Column("last", sa.BigInteger),
        sa.Column("desired", sa.Integer, nullable=False),
        key=(*_QUESTION, "number", "at"),
    )
