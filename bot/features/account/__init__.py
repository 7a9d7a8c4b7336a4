"""What a learner decides: settings and privacy."""
