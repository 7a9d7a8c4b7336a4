"""What a well-made lesson and theme keep to: each rule a small function, listed with its name in `bot.packs.lint`."""
