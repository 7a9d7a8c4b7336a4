"""What an attacker tries, and what nobody may learn: one file for each kind of door."""
