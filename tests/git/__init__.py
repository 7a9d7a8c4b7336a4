"""Content from Git, with a real Git server."""
