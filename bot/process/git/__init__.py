"""Content from Git: where it is, how it comes here, and when it is looked for."""
