"""The product's words and their translations."""
