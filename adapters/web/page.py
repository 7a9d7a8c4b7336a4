"""The page around the conversation, and the form that asks for the token. The script and the styles are files here."""

from __future__ import annotations

import hashlib
from pathlib import Path

from markupsafe import Markup

from adapters.web.markup import element, join
from bot.api import Record, actions, commands

_HERE = Path(__file__).parent
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
_WAYS = (
    ("home", "Home"),
    ("next", "Next"),
    ("themes", "Themes"),
    ("progress", "Progress"),
    ("saved", "Saved"),
    ("help", "Help"),
)
_OWN = (("settings", "Your settings"), ("privacy", "What is kept on you"))
_SIGN_OUT = element("button", "Sign out", type="button", class_="plain", id="sign-out")
_FROM_CHAT = "Do you learn in Discord or Slack? Your own page opens from there: ask Dualo for “Open on the web”."
LOOKS = frozenset({"light", "dark"})


class Asset(Record):
    """A file the page loads, and the mark that changes with its content."""

    body: bytes
    type: str
    mark: str


def assets() -> dict[str, Asset]:
    found = {}
    for path in sorted((_HERE / "static").iterdir()):
        body = path.read_bytes()
        found[path.name] = Asset(body, _TYPES[path.suffix], hashlib.sha256(body).hexdigest()[:12])
    return found


def shell(files: dict[str, Asset], look: str, *, leaves: bool = False) -> str:
    """The page; what it shows first is asked for by its script, for the learner this browser remembers."""
    return _template("page.html").format(
        look=look if look in LOOKS else "auto",
        style=_address(files, "page.css"),
        script=_address(files, "page.js"),
        icon=_address(files, "icon.svg"),
        home=actions.token(commands.Home()),
        ways=_buttons(_WAYS, "way"),
        own=join([_buttons(_OWN, "plain"), _SIGN_OUT if leaves else ""]),
    )


def own(files: dict[str, Asset], look: str, name: str) -> str:
    """The page of somebody from a chat: theirs alone, with nobody else to become."""
    return _template("own.html").format(
        look=look if look in LOOKS else "auto",
        style=_address(files, "page.css"),
        script=_address(files, "page.js"),
        icon=_address(files, "icon.svg"),
        home=actions.token(commands.Home()),
        ways=_buttons(_WAYS, "way"),
        own=join([_buttons(_OWN, "plain"), _SIGN_OUT]),
        name=name,
    )


def own_gate(files: dict[str, Asset], look: str) -> str:
    """For who comes by a link from a chat, or came by one before."""
    return _template("own-gate.html").format(
        look=look if look in LOOKS else "auto",
        style=_address(files, "page.css"),
        script=_address(files, "gate.js"),
        icon=_address(files, "icon.svg"),
    )


def studio(files: dict[str, Asset], look: str, name: str) -> str:
    """The page on which lessons are written."""
    return _template("studio.html").format(
        look=look if look in LOOKS else "auto",
        style=_address(files, "page.css"),
        own_style=_address(files, "studio.css"),
        script=_address(files, "studio.js"),
        icon=_address(files, "icon.svg"),
        name=name,
    )


def studio_gate(files: dict[str, Asset], look: str) -> str:
    """For who is not in yet: it takes the word of an author's link, or leads to the token."""
    return _template("studio-gate.html").format(
        look=look if look in LOOKS else "auto",
        style=_address(files, "page.css"),
        script=_address(files, "gate.js"),
        icon=_address(files, "icon.svg"),
    )


def login(files: dict[str, Asset], look: str, said: str, *, visits: bool = False) -> str:
    return _template("login.html").format(
        look=look if look in LOOKS else "auto",
        style=_address(files, "page.css"),
        icon=_address(files, "icon.svg"),
        said=element("p", said, class_="said", role="alert") if said else "",
        from_chat=element("p", _FROM_CHAT, class_="quiet") if visits else "",
    )


def _template(name: str) -> Markup:
    return Markup((_HERE / "templates" / name).read_text("utf-8"))  # noqa: S704 -- our own file


def _address(files: dict[str, Asset], name: str) -> str:
    return f"/web/static/{name}?{files[name].mark}"


def _buttons(ways: tuple[tuple[str, str], ...], kind: str) -> Markup:
    """The commands that lead everywhere, for those who never type."""
    known = [(commands.by_verb(verb), label) for verb, label in ways]
    return join(
        element("button", label, type="button", class_=kind, data_token=actions.token(commands.build(spec, {})))
        for spec, label in known
        if spec is not None
    )
