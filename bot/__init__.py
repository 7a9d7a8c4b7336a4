"""Dualo's engine: lessons, progress, schedules. It knows no chat platform."""

__version__ = "0.1.0"
