"""What the front ends do alike. It knows `bot.api` and no front end."""
