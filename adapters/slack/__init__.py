"""Slack as a front end: native events become commands, views become Block Kit."""
