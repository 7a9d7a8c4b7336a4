"""The cold door: ordinary transactions, a file a subject."""
