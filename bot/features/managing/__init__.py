"""What managers of a workspace do: assign, report, content, members, settings, doctor."""
