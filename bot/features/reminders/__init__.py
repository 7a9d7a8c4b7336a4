"""Personal reminders: consent, snooze, what is due."""
