"""The process: composition root, settings, logs, HTTP, health, clock, command line."""
