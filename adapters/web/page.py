"""The page around the conversation, and the form that asks for the token. The script and the styles are files here."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from markupsafe import Markup, escape

from adapters.web.markup import element, join
from bot.api import Record, actions, commands, i18n

_HERE = Path(__file__).parent
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
Way = tuple[commands.Command, str]
_WAYS: Sequence[Way] = (
    (commands.Home(), i18n.mark("Home")),
    (commands.Next(), i18n.mark("Next")),
    (commands.Themes(), i18n.mark("Themes")),
    (commands.Progress(), i18n.mark("Progress")),
    (commands.Saved(), i18n.mark("Saved")),
    (commands.Help(), i18n.mark("Help")),
)
_OWN: Sequence[Way] = (
    (commands.OpenSettings(), i18n.mark("Your settings")),
    (commands.Privacy(), i18n.mark("What is kept on you")),
)
OWN = i18n.mark("Your own page")
_ONLY_IF = i18n.mark(
    "Only go on if you asked for this link yourself. It works once, and you stay signed in on this browser for a week "
    "at most."
)
IN_TEMPLATES = re.compile(r"\[\[(.+?)\]\]", re.DOTALL)
"""Our own words in a template."""
IN_SCRIPTS = re.compile(r'\bsaid\("((?:[^"\\]|\\.)*)"')
"""Those in a script, by the call of `words.js` that says them."""
_LOOKS = frozenset({"light", "dark"})


class Asset(Record):
    """A file the page loads, and the mark that changes with its content."""

    body: bytes
    type: str
    mark: str
    says: tuple[str, ...] = ()
    """Our own words in it."""


def look_in(cookies: Mapping[str, str]) -> str:
    """How this browser wants the page."""
    chosen = cookies.get("dualo_look", "")
    return chosen if chosen in _LOOKS else "auto"


def assets() -> dict[str, Asset]:
    found = {}
    for path in sorted((_HERE / "static").iterdir()):
        body = path.read_bytes()
        says = tuple(IN_SCRIPTS.findall(body.decode())) if path.suffix == ".js" else ()
        found[path.name] = Asset(body, _TYPES[path.suffix], hashlib.sha256(body).hexdigest()[:12], says)
    return found


def shell(files: dict[str, Asset], look: str, *, leaves: bool = False) -> str:
    """The page; what it shows first is asked for by its script, for the learner this browser remembers."""
    return _conversation(
        files,
        look,
        is_own="false",
        opens=i18n.say("Learner, role and look"),
        name=i18n.say("You"),
        role=join([" ", element("span", i18n.say("learner"), id="who-role")]),
        learner=_template("learner.html"),
        own=join([_buttons(_OWN, "plain"), _sign_out() if leaves else ""]),
    )


def own(files: dict[str, Asset], look: str, name: str) -> str:
    """The page of somebody from a chat: theirs alone, with nobody else to become."""
    return _conversation(
        files,
        look,
        is_own="true",
        opens=i18n.say("Your page and its look"),
        name=name,
        role="",
        learner="",
        own=join([_buttons(_OWN, "plain"), _sign_out()]),
    )


def _conversation(files: dict[str, Asset], look: str, **who: str) -> str:
    """The page of a conversation; `who` is what differs with who reads it."""
    return _template("page.html").format(
        **_frame(files, look, "page.js"),
        home=actions.token(commands.Home()),
        looks=i18n.say_as("of a page", "Look"),
        ways=_buttons(_WAYS, "way"),
        **who,
    )


def own_gate(files: dict[str, Asset], look: str) -> str:
    """For who comes by a link from a chat, or came by one before."""
    label = i18n.say("Open my page")
    enter = element("button", label, type="button", id="enter", class_="button primary", hidden=True)
    return _template("gate.html").format(
        **_frame(files, look, "gate.js"),
        named=i18n.say("your own page"),
        title=i18n.say(OWN),
        enter="/open/enter",
        leads_to="/",
        said=i18n.say("Your own page opens by a link from your chat: ask Dualo there for “Open on the web”."),
        more=join([element("p", i18n.say(_ONLY_IF), id="asks", hidden=True), enter]),
    )


def studio(files: dict[str, Asset], look: str, name: str) -> str:
    """The page on which lessons are written."""
    return _template("studio.html").format(
        **_frame(files, look, "studio.js"), own_style=_address(files, "studio.css"), name=name
    )


def studio_gate(files: dict[str, Asset], look: str) -> str:
    """For who is not in yet: it takes the word of an author's link, or leads to the token."""
    return _template("gate.html").format(
        **_frame(files, look, "gate.js"),
        named="the studio",
        title="The studio",
        enter="/studio/enter",
        leads_to="/studio",
        said="Open it by the link that you were given. If you run Dualo yourself, sign in first.",
        more=element("p", element("a", "Sign in with the token", href="/")),
    )


def _frame(files: dict[str, Asset], look: str, script: str) -> dict[str, str]:
    """What the head of every page with a script asks for."""
    return {**_head(files, look), "script": _address(files, script), "words": _words(files)}


def _head(files: dict[str, Asset], look: str) -> dict[str, str]:
    style, icon = _address(files, "page.css"), _address(files, "icon.svg")
    return {"look": look, "style": style, "icon": icon, "lang": i18n.spoken()}


def _words(files: dict[str, Asset]) -> Markup:
    """What the scripts say, in the language that is spoken."""
    said = {message: i18n.say(message) for script in files.values() for message in script.says}
    changed = {message: word for message, word in said.items() if message != word}
    return Markup(json.dumps(changed, ensure_ascii=False).replace("<", "\\u003c"))  # noqa: S704 -- as no markup can end it


def _sign_out() -> Markup:
    return element("button", i18n.say("Sign out"), type="button", class_="plain", id="sign-out")


def login(files: dict[str, Asset], look: str, said: str, *, visits: bool = False) -> str:
    from_chat = i18n.say(
        "Do you learn in Discord or Slack? Your own page opens from there: ask Dualo for “Open on the web”."
    )
    return _template("login.html").format(
        **_head(files, look),
        said=element("p", said, class_="said", role="alert") if said else "",
        from_chat=element("p", from_chat, class_="quiet") if visits else "",
    )


def _template(name: str) -> Markup:
    """The template with our own words in the language that is spoken."""
    read = (_HERE / "templates" / name).read_text("utf-8")
    return Markup(IN_TEMPLATES.sub(lambda found: str(escape(i18n.say(" ".join(found[1].split())))), read))  # noqa: S704 -- our own file


def _address(files: dict[str, Asset], name: str) -> str:
    return f"/web/static/{name}?{files[name].mark}"


def _buttons(ways: Sequence[Way], kind: str) -> Markup:
    """The commands that lead everywhere, for those who never type."""
    return join(
        element("button", i18n.say(label), type="button", class_=kind, data_token=actions.token(command))
        for command, label in ways
    )
