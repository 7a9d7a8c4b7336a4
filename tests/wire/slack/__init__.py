"""The parts of the little Slack that our tests talk to; `tests.wire.fake_slack` puts them together."""
