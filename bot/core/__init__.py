"""What everything else stands on: commands, views, blocks, text, errors, ports."""
