"""Dualo in Discord: native commands, messages of Components V2, and a post that never stands there twice."""
