"""What a team has of each other: numbers, the board, certificates."""
