"""The shell of a preview: a page of its own for a frame, which needs nothing but itself."""

from __future__ import annotations


def page(title: str, style: str, body: str) -> str:
    """A whole HTML document; `body` is markup, and whatever in it came from elsewhere is escaped already."""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{style}</style></head><body>{body}</body></html>'
    )
