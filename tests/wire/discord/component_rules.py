"""Decides which components a message may carry: kinds, nesting, counts, lengths, identifiers."""

from __future__ import annotations

from collections.abc import Callable

from tests.wire.discord import payload as read
from tests.wire.discord import refusals
from tests.wire.discord.rules import Form

ROW, BUTTON, STRING_SELECT, TEXT_INPUT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT = range(1, 9)
SECTION, TEXT, THUMBNAIL, GALLERY, FILE, SEPARATOR = range(9, 15)
CONTAINER, LABEL, UPLOAD = 17, 18, 19
RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX = 21, 22, 23
SELECTS = (STRING_SELECT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT)

COMPONENTS = 40
TEXT_CHARACTERS = 4_000
# discord-api-docs#8554: the true edge lies at 10,170 bytes less 12 a display; the sure side of it is asked for.
TEXT_BYTES = 10_000
MEDIA_ITEMS = 64  # discord-api-docs#7528
ROW_BUTTONS = 5
ROWS = 5
BUTTON_LABEL = 80
CUSTOM_ID = 100
OPTIONS = 25
OPTION_LENGTH = 100
PLACEHOLDER = 150
URL = 2048
BUTTON_URL = 512
DESCRIPTION = 1024

LINK, PREMIUM = 5, 6


class Inspection:
    """What holds over a whole message: identifiers met so far and the files that came with it."""

    def __init__(self, filenames: set[str]) -> None:
        self.filenames = filenames
        self.custom_ids: set[str] = set()
        self.ids: set[int] = set()

    def take(self, form: Form) -> None:
        number = form.integer("id", low=0, high=2**31 - 1)
        if not number:
            return
        if number in self.ids:
            form.refuse("id", "COMPONENT_ID_DUPLICATED", "Component id cannot be duplicated")
        self.ids.add(number)

    def take_custom_id(self, form: Form) -> None:
        custom_id = form.text("custom_id", low=1, high=CUSTOM_ID, needed=True)
        if custom_id is None:
            return
        if custom_id in self.custom_ids:
            form.refuse("custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")
        self.custom_ids.add(custom_id)


def check_components(form: Form, *, v2: bool, filenames: set[str]) -> None:
    tops = form.forms("components", high=COMPONENTS if v2 else ROWS)
    inspection = Inspection(filenames)
    allowed = (ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR, CONTAINER) if v2 else (ROW,)
    for top in tops:
        check_component(top, allowed, inspection)
    if v2:
        _check_totals(form)


def _check_totals(form: Form) -> None:
    """Sums are told once every part is in order."""
    if form.breaches.tree:
        return
    everything = list(read.walk(read.objects_of(form.data, "components")))
    if len(everything) > COMPONENTS:
        form.refuse(
            "components",
            "BASE_TYPE_MAX_LENGTH",
            f"The total number of components cannot exceed {COMPONENTS}.",
        )
    texts = [read.text_of(one, "content") for one in everything if one.get("type") == TEXT]
    if sum(map(len, texts)) > TEXT_CHARACTERS:
        form.refuse(
            "components",
            "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
            f"The total size of displayable text cannot exceed {TEXT_CHARACTERS} characters.",
        )
    form.breaches.raise_if_any()
    if sum(len(one.encode()) for one in texts) > TEXT_BYTES:
        raise refusals.broken()
    media = sum(max(1, len(read.objects_of(one, "items"))) for one in everything if one["type"] in (THUMBNAIL, GALLERY))
    if media > MEDIA_ITEMS:
        raise refusals.broken()


def check_component(form: Form, allowed: tuple[int, ...], inspection: Inspection) -> None:
    kind = form.choice("type", allowed, needed=True)
    if kind is None:
        return
    inspection.take(form)
    CHECKS[kind](form, inspection)


def _check_row(form: Form, inspection: Inspection) -> None:
    children = form.forms("components", low=1, high=ROW_BUTTONS, needed=True)
    for child in children:
        check_component(child, (BUTTON, *SELECTS), inspection)
    selects = [child for child in children if child.data.get("type") in SELECTS]
    if selects and len(children) > 1:
        form.refuse(
            "components", "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The specified component exceeds the maximum width"
        )


def _check_button(form: Form, inspection: Inspection) -> None:
    style = form.choice("style", range(1, 7), needed=True)
    form.text("label", high=BUTTON_LABEL)
    form.truth("disabled")
    check_emoji(form)
    if style == LINK:
        check_url(form, "url", schemes=("http://", "https://", "discord://"), high=BUTTON_URL)
        form.forbid(("custom_id",), "COMPONENT_CUSTOM_ID_NOT_ALLOWED", "A custom id and url cannot both be specified")
    elif style == PREMIUM:
        form.snowflake("sku_id", needed=True)
        form.forbid(("custom_id", "url", "label", "emoji"), "BUTTON_COMPONENT_INVALID", "A premium button has none")
        return
    elif style is not None:
        inspection.take_custom_id(form)
        form.forbid(("url",), "BUTTON_COMPONENT_INVALID_URL", "Only link buttons have a url")
    if not form.data.get("label") and not form.has("emoji"):
        form.refuse("", "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED", "A button must have a label or emoji")


def check_emoji(form: Form) -> None:
    emoji = form.form("emoji")
    if emoji is None or emoji.has("id"):
        return
    name = read.text_of(emoji.data, "name")
    keycap = name.endswith("\u20e3")
    pictures = [sign for sign in name if ord(sign) >= 0x2000 or sign in "©®"]
    plain = [sign for sign in name if ord(sign) < 0x2000 and sign not in "©®"]
    if not pictures or (plain and not keycap):
        emoji.refuse("name", "BUTTON_COMPONENT_INVALID_EMOJI", "Invalid emoji")


def check_url(form: Form, key: str, *, schemes: tuple[str, ...], high: int) -> None:
    url = form.text(key, low=1, high=high, needed=True)
    if url is not None and (not url.startswith(schemes) or " " in url or len(url.split("://", 1)[1]) == 0):
        names = ", ".join(f"'{one.removesuffix('://')}'" for one in schemes)
        form.refuse(key, "URL_TYPE_INVALID_SCHEME", f'Scheme "{url.split(":")[0]}" must be one of ({names}).')


def check_select(form: Form, inspection: Inspection) -> None:
    inspection.take_custom_id(form)
    form.text("placeholder", high=PLACEHOLDER)
    low = form.integer("min_values", low=0, high=OPTIONS)
    high = form.integer("max_values", low=1, high=OPTIONS)
    form.truth("disabled")
    if (1 if low is None else low) > (1 if high is None else high):
        form.refuse("min_values", "SELECT_COMPONENT_MIN_OVER_MAX", "min_values is larger than max_values")
    if form.data.get("type") == STRING_SELECT:
        check_options(form, low=1, high=OPTIONS, chosen=1 if high is None else high)
    else:
        defaults = form.forms("default_values", high=OPTIONS)
        if len(defaults) > (1 if high is None else high):
            form.refuse("default_values", "SELECT_COMPONENT_TOO_MANY_DEFAULT_VALUES", "Too many default values")


def check_options(form: Form, *, low: int, high: int, chosen: int) -> None:
    values: set[str] = set()
    defaults = 0
    for option in form.forms("options", low=low, high=high, needed=True):
        option.text("label", low=1, high=OPTION_LENGTH, needed=True)
        value = option.text("value", low=1, high=OPTION_LENGTH, needed=True)
        option.text("description", high=OPTION_LENGTH)
        check_emoji(option)
        defaults += option.truth("default") is True
        if value is not None and value in values:
            option.refuse(
                "value", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The specified option value is already used"
            )
        values.add(value or "")
    if defaults > chosen:
        form.refuse("options", "SELECT_COMPONENT_TOO_MANY_DEFAULT_VALUES", "Too many default values")


def _check_section(form: Form, inspection: Inspection) -> None:
    for child in form.forms("components", low=1, high=3, needed=True):
        check_component(child, (TEXT,), inspection)
    if accessory := form.form("accessory", needed=True):
        check_component(accessory, (BUTTON, THUMBNAIL), inspection)


def check_text(form: Form, _: Inspection) -> None:
    form.text("content", low=1, high=TEXT_CHARACTERS, needed=True)


def _check_thumbnail(form: Form, inspection: Inspection) -> None:
    form.text("description", low=1, high=DESCRIPTION)
    _check_media(form, "media", inspection)


def _check_gallery(form: Form, inspection: Inspection) -> None:
    for item in form.forms("items", low=1, high=10, needed=True):
        item.text("description", low=1, high=DESCRIPTION)
        _check_media(item, "media", inspection)


def _check_file(form: Form, inspection: Inspection) -> None:
    media = _check_media(form, "file", inspection)
    if media is not None and not read.text_of(media.data, "url").startswith("attachment://"):
        media.refuse("url", "UNFURLED_MEDIA_ITEM_ATTACHMENT_REQUIRED", "Only attachment:// is allowed here")


def _check_media(form: Form, key: str, inspection: Inspection) -> Form | None:
    media = form.form(key, needed=True)
    if media is None:
        return None
    check_url(media, "url", schemes=("http://", "https://", "attachment://"), high=URL)
    url = read.text_of(media.data, "url")
    if url.startswith("attachment://") and url.removeprefix("attachment://") not in inspection.filenames:
        media.refuse(
            "url",
            "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND",
            f'The referenced attachment "{url}" was not found',
        )
    return media


def _check_separator(form: Form, _: Inspection) -> None:
    form.truth("divider")
    form.choice("spacing", (1, 2))


def _check_container(form: Form, inspection: Inspection) -> None:
    form.integer("accent_color", low=0, high=0xFFFFFF)
    form.truth("spoiler")
    for child in form.forms("components", low=1, high=COMPONENTS, needed=True):
        check_component(child, (ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR), inspection)


CHECKS: dict[int, Callable[[Form, Inspection], None]] = {
    ROW: _check_row,
    BUTTON: _check_button,
    **dict.fromkeys(SELECTS, check_select),
    SECTION: _check_section,
    TEXT: check_text,
    THUMBNAIL: _check_thumbnail,
    GALLERY: _check_gallery,
    FILE: _check_file,
    SEPARATOR: _check_separator,
    CONTAINER: _check_container,
}
