"""Front ends. Each translates native events into commands and views into native messages, and knows only `bot.api`."""
