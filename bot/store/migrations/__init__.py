"""Alembic's scripts: one chain for both databases."""
