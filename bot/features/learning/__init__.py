"""Reading lessons, recording them, finding and saving them."""
