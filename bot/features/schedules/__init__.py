"""Schedules for channels: add, change, show, preview."""
