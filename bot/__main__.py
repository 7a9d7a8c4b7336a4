"""`python -m bot` is `dualo`."""

from bot.cli import app

app()
