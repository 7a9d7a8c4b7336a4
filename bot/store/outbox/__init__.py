"""The outbox: deliveries planned, claimed, sent; rate limits and leases."""
