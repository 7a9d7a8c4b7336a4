"""Notes and cards that somebody has already, as drafts of lessons: `files.take` is the way in."""
