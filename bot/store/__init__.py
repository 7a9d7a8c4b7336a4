"""The database behind the engine. It hands back domain values, and only this package knows which database it is."""
