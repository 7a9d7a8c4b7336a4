"""Settings: read once, checked together, secrets never spoken."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.errors import SettingsError
from bot.packs import load
from bot.process import settings


def test_without_any_setting_the_page_is_on_and_the_database_is_a_file() -> None:
    chosen = settings.read({})
    assert (chosen.web_on, chosen.discord_on, chosen.slack_on) == (True, False, False)
    assert chosen.database.startswith("sqlite:///")


def test_a_chat_switches_the_page_off_unless_it_is_asked_for() -> None:
    assert not settings.read({"DUALO_DISCORD_TOKEN": "t"}).web_on
    assert settings.read({"DUALO_DISCORD_TOKEN": "t", "DUALO_WEB": "on"}).web_on


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.write_text("abc123\n")
    assert settings.read({"DUALO_DISCORD_TOKEN_FILE": str(secret)}).discord_token.value == "abc123"


def test_secrets_do_not_show_in_the_settings_themselves() -> None:
    chosen = settings.read({"DUALO_DISCORD_TOKEN": "abc123", "DUALO_DATABASE_URL": "postgresql://u:pw@h/d"})
    assert "abc123" not in repr(chosen)
    assert ":pw@" not in repr(chosen)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.8.8.8", "[::1]"])
def test_this_machine_needs_no_token(host: str) -> None:
    assert settings.read({"DUALO_HTTP_HOST": host}).loopback


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "example.org", "127.example.org"])
def test_the_page_is_not_opened_to_others_without_a_token(host: str) -> None:
    with pytest.raises(SettingsError, match="DUALO_WEB_TOKEN"):
        settings.read({"DUALO_HTTP_HOST": host})
    assert settings.read({"DUALO_HTTP_HOST": host, "DUALO_WEB_TOKEN": "long enough to be kept"}).web_on
    assert not settings.read({"DUALO_HTTP_HOST": host, "DUALO_WEB": "off"}).web_on


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([], "no chat's token is set."),
        (["DUALO_DISCORD_TOKEN"], "DUALO_DISCORD_TOKEN is empty."),
        (
            ["DUALO_SLACK_APP_TOKEN", "DUALO_SLACK_BOT_TOKEN"],
            "DUALO_SLACK_BOT_TOKEN and DUALO_SLACK_APP_TOKEN are empty.",
        ),
    ],
)
def test_a_page_that_is_on_for_an_empty_token_says_which(given: list[str], said: str) -> None:
    with pytest.raises(SettingsError) as refused:
        settings.read(dict.fromkeys(given, " ") | {"DUALO_HTTP_HOST": "0.0.0.0"})
    assert str(refused.value).endswith(f"It is on because {said}")


def test_a_token_that_can_be_guessed_stops_the_start() -> None:
    assert settings.read({"DUALO_WEB_TOKEN": "x" * 16}).web_token
    with pytest.raises(SettingsError, match="DUALO_WEB_TOKEN is shorter than 16 characters") as refused:
        settings.read({"DUALO_WEB_TOKEN": "guessable"})
    assert "guessable" not in str(refused.value)


WRONG = [
    ("DUALO_HTTP_PORT", "eighty", "it should be a whole number between 0 and 65535."),
    ("DUALO_HTTP_PORT", "65536", "it should be a whole number between 0 and 65535."),
    ("DUALO_TICK_SECONDS", "nan", "it should be a number between 0.05 and 3600."),
    ("DUALO_WEB", "perhaps", "it should be on or off."),
    ("DUALO_LOG_FORMAT", "xml", "it should be text or json."),
    ("DUALO_PUBLIC_URL", "dualo.example.org", "it must begin with https:// (or http://)."),
    ("DUALO_TIMEZONE", "Europe/Pariss", "'Europe/Pariss' is no timezone; did you mean Europe/Paris?"),
]


@pytest.mark.parametrize(("variable", "typed", "said"), WRONG)
def test_a_wrong_value_is_told_with_its_mend(variable: str, typed: str, said: str) -> None:
    with pytest.raises(SettingsError) as refused:
        settings.read({variable: typed})
    assert str(refused.value) == f"{variable}: {said}"


APP, BOT, SIGNING = "DUALO_SLACK_APP_TOKEN", "DUALO_SLACK_BOT_TOKEN", "DUALO_SLACK_SIGNING_SECRET"
CLIENT, CLIENT_SECRET = "DUALO_SLACK_CLIENT_ID", "DUALO_SLACK_CLIENT_SECRET"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([APP], f"{APP} needs {BOT} beside it"),
        ([BOT], f"{BOT} needs {APP} (Socket Mode) or {SIGNING} (HTTP) beside it"),
        ([SIGNING], f"{SIGNING} needs {BOT}, or {CLIENT} and {CLIENT_SECRET}"),
        ([CLIENT], f"{CLIENT} and {CLIENT_SECRET} go together: set both or neither"),
        ([CLIENT, CLIENT_SECRET], f"{CLIENT} needs {SIGNING} beside it: several workspaces are served over HTTP"),
        (
            [CLIENT, CLIENT_SECRET, SIGNING],
            f"{CLIENT} needs DUALO_PUBLIC_URL beside it, which Slack sends people back to after they agreed: "
            "set the https address under which this process is reached",
        ),
    ],
)
def test_what_needs_something_beside_it_says_what(given: list[str], said: str) -> None:
    with pytest.raises(SettingsError) as refused:
        settings.read(dict.fromkeys(given, "x"))
    assert str(refused.value) == f"{said}."


def test_several_slack_workspaces_need_an_address_and_three_secrets() -> None:
    given = dict.fromkeys([CLIENT, CLIENT_SECRET, SIGNING], "x") | {"DUALO_PUBLIC_URL": "https://dualo.example"}
    assert settings.read(given).slack_on


@pytest.mark.parametrize(("typed", "on"), [("on", True), ("Yes", True), ("1", True), ("off", False), ("FALSE", False)])
def test_a_switch_may_be_said_in_several_ways(typed: str, on: bool) -> None:
    assert settings.read({"DUALO_WEB": typed, "DUALO_DISCORD_TOKEN": "t"}).web_on is on


def test_the_bundled_themes_stand_beside_others() -> None:
    chosen = settings.read({"DUALO_CONTENT": "bundled:/lessons:./bundled"})
    assert [str(folder) for folder in chosen.folders] == [str(load.bundled()), "/lessons", "bundled"]


def test_a_key_without_a_value_is_told_with_what_stays_off(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("\n")
    environ = {"DUALO_DISCORD_TOKEN": " ", "DUALO_SLACK_BOT_TOKEN_FILE": str(file), "DUALO_TIMEZONE": "", "HOME": ""}
    assert settings.empty(environ, settings.read(environ)) == [
        "DUALO_DISCORD_TOKEN is empty, so Discord stays off.",
        "DUALO_SLACK_BOT_TOKEN_FILE is empty, so Slack stays off.",
    ]


def test_a_key_that_is_given_is_not_told(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("abc")
    environ = {"DUALO_DISCORD_TOKEN": "", "DUALO_DISCORD_TOKEN_FILE": str(file)}
    assert settings.empty(environ, settings.read(environ)) == []


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, False),
        ({"DUALO_HTTP_HOST": "0.0.0.0", "DUALO_WEB_TOKEN": "t" * 16}, True),
        ({"DUALO_HTTP_HOST": "0.0.0.0", "DUALO_WEB_TOKEN": "t" * 16, "DUALO_PUBLIC_URL": "http://x.org"}, True),
        ({"DUALO_HTTP_HOST": "0.0.0.0", "DUALO_WEB_TOKEN": "t" * 16, "DUALO_PUBLIC_URL": "https://x.org"}, False),
        ({"DUALO_HTTP_HOST": "0.0.0.0", "DUALO_DISCORD_TOKEN": "t"}, False),
    ],
)
def test_a_token_on_an_open_line_is_told(given: dict[str, str], told: bool) -> None:
    assert bool(settings.risks(settings.read(given))) is told
