"""A message just within each documented limit passes; one over it is refused at the place that is wrong."""

from __future__ import annotations

import pytest

from tests.wire.discord import message_rules
from tests.wire.discord.bodies import (
    IMAGE,
    V2,
    box,
    button,
    embed,
    file,
    gallery,
    link,
    option,
    plain,
    refused_at,
    row,
    section,
    select,
    text,
    thumbnail,
    v2,
)
from tests.wire.discord.message_rules import Upload
from tests.wire.discord.model import Channel, ChannelType, Message, MessageFlag, User
from tests.wire.discord.payload import Payload

ROW_ITEM = "components.0.components.0"

SENT_WELL: list[Payload] = [
    {"content": "x" * 2000},
    {"content": "x", "nonce": "n" * 25, "enforce_nonce": True},
    {"content": "x", "nonce": 12, "flags": 1 << 12},
    {"content": "x", "allowed_mentions": {"parse": [], "roles": ["1"], "replied_user": False}},
    {"embeds": [{"description": "x" * 4096, "fields": [{"name": "n", "value": "v"}] * 25}]},
    plain(*[row(*[button(custom_id=f"{one}{two}") for two in range(5)]) for one in range(5)]),
    plain(row(button(label="x" * 80, custom_id="c" * 100))),
    plain(row(button(label=None, emoji={"name": "📚"}))),
    plain(row(link(url="discord://x"))),
    plain(row(select(25, placeholder="p" * 150, min_values=0, max_values=25))),
    plain(row({"type": 8, "custom_id": "c"})),
    v2(text("x" * 4000)),
    v2(*[text() for _ in range(40)]),
    v2(section(text(), text(), text(), accessory=thumbnail(description="d" * 1024))),
    v2(box(text(), {"type": 14, "divider": True, "spacing": 2}, row(select()), section(), accent_color=0xFFFFFF)),
    v2(gallery(10, description="alt"), file(), gallery(1, "attachment://a.png")),
    v2(text(id=7), text(id=8)),
    v2(box(text(id=2**31 - 1), id=1), text(id=2**31 - 2)),
    v2(text("€" * 3000 + "x" * 1000)),
    v2(gallery(1, "attachment://b.png"), attachments=[{"id": "0", "filename": "b.png"}]),
    v2(section(accessory=thumbnail("https://" + "x" * 2040))),
    plain(row(link(url="https://" + "x" * 504))),
    plain(row(button(emoji={"name": "7\ufe0f\u20e3"}), button(custom_id="b", emoji={"name": "©\ufe0f"}))),
]

SENT_ILL: list[tuple[Payload, str]] = [
    ({"content": "x" * 2001}, "content"),
    ({"content": 3}, "content"),
    ({"content": " \n"}, "400/50006"),
    ({}, "400/50006"),
    ({"content": "x", "nonce": "n" * 26}, "nonce"),
    ({"content": "x", "nonce": 1.5}, "nonce"),
    ({"content": "x", "enforce_nonce": "yes"}, "enforce_nonce"),
    ({"content": "x", "tts": 1}, "tts"),
    ({"content": "x", "flags": 1 << 6}, "flags"),
    ({"content": "x", "flags": "1"}, "flags"),
    ({"content": "x", "allowed_mentions": {"parse": ["all"]}}, "allowed_mentions.parse"),
    ({"content": "x", "allowed_mentions": {"parse": ["roles"], "roles": ["1"]}}, "allowed_mentions.roles"),
    ({"content": "x", "allowed_mentions": {"users": ["a"]}}, "allowed_mentions.users"),
    ({"content": "x", "allowed_mentions": {"users": ["1"] * 101}}, "allowed_mentions.users"),
    ({"content": "x", "allowed_mentions": {"replied_user": 1}}, "allowed_mentions.replied_user"),
    ({"content": "x", "allowed_mentions": []}, "allowed_mentions"),
    ({"embeds": [{"title": "t"}] * 11}, "embeds"),
    (embed(title="x" * 257), "embeds.0.title"),
    (embed(description="x" * 4097), "embeds.0.description"),
    (embed(color=0x1000000), "embeds.0.color"),
    (embed(url="ftp://x"), "embeds.0.url"),
    (embed(footer={"text": "x" * 2049}), "embeds.0.footer.text"),
    (embed(author={"name": "x" * 257}), "embeds.0.author.name"),
    (embed(fields=[{"name": "n", "value": "v"}] * 26), "embeds.0.fields"),
    (embed(fields=[{"name": "x" * 257, "value": "v"}]), "embeds.0.fields.0.name"),
    (embed(fields=[{"name": "n", "value": "x" * 1025}]), "embeds.0.fields.0.value"),
    ({"embeds": [{"description": "x" * 4000}, {"description": "x" * 2001}]}, "embeds"),
    ({"content": "x", "attachments": [{"id": "0", "description": "x" * 1025}]}, "attachments.0.description"),
    ({"content": "x", "attachments": [{"description": "x"}]}, "attachments.0.id"),
    (plain(*[row(button(custom_id=str(one))) for one in range(6)]), "components"),
    (plain(text()), "components.0.type"),
    (plain(box(text())), "components.0.type"),
    (plain(row()), "components.0.components"),
    (plain(row(*[button(custom_id=str(one)) for one in range(6)])), "components.0.components"),
    (plain(row(select(), button())), "components.0.components"),
    (plain(row(text())), f"{ROW_ITEM}.type"),
    (plain(row(button(style=7))), f"{ROW_ITEM}.style"),
    (plain(row(button(style=None))), f"{ROW_ITEM}.style"),
    (plain(row(button(label="x" * 81))), f"{ROW_ITEM}.label"),
    (plain(row(button(label=None))), ROW_ITEM),
    (plain(row(button(disabled=1))), f"{ROW_ITEM}.disabled"),
    (plain(row(button(custom_id=None))), f"{ROW_ITEM}.custom_id"),
    (plain(row(button(custom_id=""))), f"{ROW_ITEM}.custom_id"),
    (plain(row(button(custom_id="c" * 101))), f"{ROW_ITEM}.custom_id"),
    (plain(row(button(url="https://example.org"))), f"{ROW_ITEM}.url"),
    (plain(row(button(emoji={"name": "book"}))), f"{ROW_ITEM}.emoji.name"),
    (plain(row(button(), button())), "components.0.components.1.custom_id"),
    (plain(row(button()), row(select(custom_id="go"))), "components.1.components.0.custom_id"),
    (plain(row(button(id=3), button(id=3, custom_id="b"))), "components.0.components.1.id"),
    (plain(row(link(url=None))), f"{ROW_ITEM}.url"),
    (plain(row(link(url="javascript:x"))), f"{ROW_ITEM}.url"),
    (plain(row(link(url="https://" + "x" * 505))), f"{ROW_ITEM}.url"),
    (plain(row(link(custom_id="x"))), f"{ROW_ITEM}.custom_id"),
    (plain(row(button(style=6, custom_id=None, label=None))), f"{ROW_ITEM}.sku_id"),
    (plain(row(button(style=6, custom_id=None, sku_id="1"))), f"{ROW_ITEM}.label"),
    (plain(row(select(0))), f"{ROW_ITEM}.options"),
    (plain(row(select(26))), f"{ROW_ITEM}.options"),
    (plain(row(select(custom_id="c" * 101))), f"{ROW_ITEM}.custom_id"),
    (plain(row(select(placeholder="p" * 151))), f"{ROW_ITEM}.placeholder"),
    (plain(row(select(min_values=26))), f"{ROW_ITEM}.min_values"),
    (plain(row(select(max_values=26))), f"{ROW_ITEM}.max_values"),
    (plain(row(select(max_values=0))), f"{ROW_ITEM}.max_values"),
    (plain(row(select(min_values=2))), f"{ROW_ITEM}.min_values"),
    (plain(row(select(disabled="no"))), f"{ROW_ITEM}.disabled"),
    (plain(row(select(options=[option(1, label="x" * 101)]))), f"{ROW_ITEM}.options.0.label"),
    (plain(row(select(options=[option(1, label="")]))), f"{ROW_ITEM}.options.0.label"),
    (plain(row(select(options=[option(1, value="x" * 101)]))), f"{ROW_ITEM}.options.0.value"),
    (plain(row(select(options=[option(1, description="x" * 101)]))), f"{ROW_ITEM}.options.0.description"),
    (plain(row(select(options=[option(1), option(1)]))), f"{ROW_ITEM}.options.1.value"),
    (plain(row(select(options=[option(1, emoji={"name": "x"})]))), f"{ROW_ITEM}.options.0.emoji.name"),
    (plain(row(select(options=[option(1, default=True), option(2, default=True)]))), f"{ROW_ITEM}.options"),
    (plain(row({"type": 6, "custom_id": "c", "default_values": [{"id": "1"}] * 2})), f"{ROW_ITEM}.default_values"),
    (v2(text(id=2**31)), "components.0.id"),
    (v2(text(id=-1)), "components.0.id"),
    (v2(box(text(id=3), id=3)), "components.0.components.0.id"),
    (v2(text(), content="x"), "content"),
    (v2(text(), embeds=[{"title": "t"}]), "embeds"),
    (v2(text(), poll={"question": {}}), "poll"),
    (v2(*[text() for _ in range(41)]), "components"),
    (v2(box(*[text() for _ in range(39)]), text()), "components"),
    (v2(text("x" * 4001)), "components.0.content"),
    (v2(text("x" * 2000), box(text("x" * 2001))), "components"),
    (v2(text("")), "components.0.content"),
    (v2(text("€" * 3000 + "x" * 999 + "é")), "500/0"),
    (v2(*[gallery(10) for _ in range(6)], gallery(5)), "500/0"),
    (v2(thumbnail()), "components.0.type"),
    (v2(button()), "components.0.type"),
    (v2(section(text(), text(), text(), text())), "components.0.components"),
    (v2(section(button())), "components.0.components.0.type"),
    (v2(section(accessory=None)), "components.0.accessory"),
    (v2(section(accessory=select())), "components.0.accessory.type"),
    (v2(section(accessory=thumbnail(description=""))), "components.0.accessory.description"),
    (v2(section(accessory=thumbnail("file:///a"))), "components.0.accessory.media.url"),
    (v2(section(accessory=thumbnail("attachment://b.png"))), "components.0.accessory.media.url"),
    (v2(gallery(0)), "components.0.items"),
    (v2(gallery(11)), "components.0.items"),
    (v2(gallery(1, description="d" * 1025)), "components.0.items.0.description"),
    (v2(gallery(1, "attachment://b.png")), "components.0.items.0.media.url"),
    (v2(file("https://example.org/a.png")), "components.0.file.url"),
    (v2(file("attachment://b.png")), "components.0.file.url"),
    (v2({"type": 14, "spacing": 3}), "components.0.spacing"),
    (v2({"type": 14, "divider": 1}), "components.0.divider"),
    (v2(box()), "components.0.components"),
    (v2(box(box(text()))), "components.0.components.0.type"),
    (v2(box(text(), accent_color=-1)), "components.0.accent_color"),
    (v2(box(text(), accent_color=0x1000000)), "components.0.accent_color"),
    (v2(text(id=2**31)), "components.0.id"),
    (v2(gallery(1, "https://" + "x" * 2041)), "components.0.items.0.media.url"),
    ({"content": "x", "components": "none"}, "components"),
    ({"content": "x", "components": ["row"]}, "components"),
    ({"content": "x", "attachments": [{"id": "0", "filename": "x" * 1025}]}, "attachments.0.filename"),
    (v2(box(text(), spoiler=2)), "components.0.spoiler"),
]


@pytest.mark.parametrize("body", SENT_WELL)
def test_a_message_within_the_limits_passes(body: Payload) -> None:
    assert refused_at(lambda: message_rules.check_new_message(body, {0: IMAGE}, interaction=False)) == set()


@pytest.mark.parametrize(("body", "place"), SENT_ILL)
def test_a_message_over_a_limit_is_refused_there(body: Payload, place: str) -> None:
    uploads = {} if place == "400/50006" else {0: IMAGE}
    assert refused_at(lambda: message_rules.check_new_message(body, uploads, interaction=False)) == {place}


def test_an_answer_may_be_private() -> None:
    body: Payload = {"content": "x", "flags": 1 << 6}
    assert refused_at(lambda: message_rules.check_new_message(body, {}, interaction=True)) == set()


def test_files_have_limits() -> None:
    big, many = {0: Upload("a", b"x" * (10 * 1024 * 1024 + 1))}, dict.fromkeys(range(11), IMAGE)
    assert refused_at(lambda: message_rules.check_new_message({}, big, interaction=False)) == {"413/40005"}
    assert refused_at(lambda: message_rules.check_new_message({}, many, interaction=False)) == {"attachments"}


def posted(*, flags: int = 0, content: str = "", embeds: list[Payload] | None = None) -> Message:
    channel, author = Channel(1, ChannelType.TEXT, "c"), User(2, "bot", bot=True)
    return Message(3, channel, author, 0.0, content=content, flags=MessageFlag(flags), embeds=embeds or [])


@pytest.mark.parametrize(
    ("message", "body", "places"),
    [
        (posted(content="x"), {"content": "y"}, set()),
        (posted(flags=V2), {"components": [text()]}, set()),
        (posted(content="x"), v2(text(), content=None), set()),
        (posted(flags=V2), {"components": [text()], "flags": 0}, {"flags"}),
        (posted(flags=V2), {"components": [text()], "content": "x"}, {"content"}),
        (posted(flags=V2), {"components": []}, {"400/50006"}),
        (posted(content="x"), v2(text()), {"content"}),
        (posted(embeds=[{"title": "t"}]), v2(text()), {"embeds"}),
        (posted(content="x"), {"components": [text()]}, {"components.0.type"}),
        (posted(content="x"), {"content": ""}, {"400/50006"}),
        (posted(content="x"), {"content": "y", "flags": 1 << 20}, {"flags"}),
    ],
)
def test_an_edit_keeps_to_the_kind_of_its_message(message: Message, body: Payload, places: set[str]) -> None:
    assert refused_at(lambda: message_rules.check_edit(body, {}, message)) == places
