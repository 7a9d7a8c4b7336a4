"""The studio: drafts, publishing, and the page on which authors write."""
