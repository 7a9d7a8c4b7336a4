"""The hot door: what people wait for, batched in one durable transaction."""
