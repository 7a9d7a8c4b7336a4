"""The parts of the little Discord; `tests.wire.fake_discord` is the door."""
