"""Dualo in Discord: native commands, messages of Components V2, and posts that never appear twice."""
