"""Reviews: questions that come again when they are about to be forgotten."""
