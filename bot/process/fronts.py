"""The front ends: how each is switched on, built and measured. The only file that names adapters.

`FRONT_ENDS` is the one table of them: a new one is a line there. A library is imported only when its front end is on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from bot.core.errors import SettingsError
from bot.core.pictures import Draw, here
from bot.core.ports import Adapter, Clock
from bot.core.record import Record
from bot.core.views import Reader, View
from bot.core.visits import Visits
from bot.domain.rate_limiter import Rate, Rates
from bot.engine import StudyEngine
from bot.packs.rules.case import Fit
from bot.process.settings import Settings
from bot.store.cold.vault import StoredVault
from bot.store.store import Store
from bot.studio.studio import Studio

Preview = Callable[[View, Reader], str]


class Parts(Record):
    """What an adapter is built from."""

    settings: Settings
    engine: StudyEngine
    store: Store
    clock: Clock
    draw: Draw
    studio: Studio | None = None
    visits: Visits | None = None


class FrontEnd(Record):
    """How one front end is switched on, built and measured."""

    is_on: Callable[[Settings], bool]
    build: Callable[[Parts], Adapter]
    rates: Rates | None = None
    """What the platform lets a bot send, with a little left for answers."""
    drawing: Callable[[], tuple[Fit, Preview]] | None = None
    """For a chat: how it measures a view, for the rules; how it would show one, for the local page."""


def build_adapters(
    settings: Settings,
    engine: StudyEngine,
    *,
    store: Store,
    clock: Clock,
    draw: Draw = here,
    studio: Studio | None = None,
    visits: Visits | None = None,
) -> list[Adapter]:
    """The front ends that are configured."""
    parts = Parts(settings, engine, store, clock, draw, studio, visits)
    return [each.build(parts) for each in FRONT_ENDS.values() if each.is_on(settings)]


def fits() -> Sequence[Fit]:
    """How each chat measures a view: content is to be shown on all of them, whichever are switched on."""
    return tuple(each.drawing()[0] for each in FRONT_ENDS.values() if each.drawing)


def drawings() -> Mapping[str, Preview]:
    """How the page and each chat would show a view, as HTML."""
    from adapters.web.painter import draw

    return {"Page": draw, **_previews()}


def _previews() -> Mapping[str, Preview]:
    return {name.capitalize(): each.drawing()[1] for name, each in FRONT_ENDS.items() if each.drawing}


def _discord(parts: Parts) -> Adapter:
    from adapters.discord.adapter import DiscordAdapter

    chosen = parts.settings
    return DiscordAdapter(
        parts.engine,
        token=chosen.discord_token.value,
        vault=StoredVault(parts.store, "discord", parts.clock),
        api_url=chosen.discord_api_url,
        shards=chosen.discord_shards,
        clock=parts.clock,
        draw=parts.draw,
    )


def _discord_drawing() -> tuple[Fit, Preview]:
    from adapters.discord import painter, preview

    return painter.fits, preview.preview


def _slack(parts: Parts) -> Adapter:
    from adapters.slack.adapter import SlackAdapter

    chosen = parts.settings
    seals = None
    if chosen.by_oauth:
        from bot.process import keys  # with its library, only where tokens are kept

        seals = keys.seals_of(chosen)
    return SlackAdapter(
        parts.engine,
        vault=StoredVault(parts.store, "slack", parts.clock, seals),
        bot_token=chosen.slack_bot_token.value,
        app_token=chosen.slack_app_token.value,
        signing_secret=chosen.slack_signing_secret.value,
        client_id=chosen.slack_client_id,
        client_secret=chosen.slack_client_secret.value,
        api_url=chosen.slack_api_url,
        public_url=chosen.public_url,
        prefix=chosen.slack_prefix,
        clock=parts.clock,
        draw=parts.draw,
    )


def _slack_drawing() -> tuple[Fit, Preview]:
    from adapters.slack import painter, preview

    return lambda view: painter.fits(view, Reader()), preview.preview


def _web(parts: Parts) -> Adapter:
    from adapters.web.adapter import WebAdapter
    from bot.studio.authors import Authors
    from bot.studio.drafting import Drafting

    chosen, vault = parts.settings, StoredVault(parts.store, "web", parts.clock)
    return WebAdapter(
        parts.engine,
        token=chosen.web_token.value,
        public_url=chosen.public_url,
        vault=vault,
        previews=_previews(),
        studio=parts.studio,
        authors=Authors(vault, parts.clock),
        drafting=Drafting(chosen.model_url, model=chosen.model_name, key=chosen.model_key.value)
        if chosen.model_url
        else None,
        visits=parts.visits,
        clock=parts.clock,
    )


FRONT_ENDS: Mapping[str, FrontEnd] = {
    "discord": FrontEnd(
        lambda settings: settings.discord_on,
        _discord,
        Rates(front=Rate(45.0, 45), place=Rate(1.0, 5)),
        _discord_drawing,
    ),
    "slack": FrontEnd(
        lambda settings: settings.slack_on,
        _slack,
        Rates(workspace=Rate(5.0, 5), place=Rate(1.0, 1)),
        _slack_drawing,
    ),
    "web": FrontEnd(lambda settings: settings.web_on, _web),
}


def slack_manifest(prefix: str, http_url: str) -> Mapping[str, object]:
    from adapters.slack.registration import manifest

    return manifest(prefix, http_url)


def discord_invite(settings: Settings) -> str:
    from adapters.discord.permissions import application_of, invite_url

    application = application_of(settings.discord_token.value)
    if application is None:
        raise SettingsError("DUALO_DISCORD_TOKEN is missing or no bot token; the link needs the application it names.")
    return invite_url(application)
