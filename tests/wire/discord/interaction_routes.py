"""Decides how an interaction may be answered: once, in time, in a fitting way, then edited and followed up."""

from __future__ import annotations

from tests.wire.discord import drawing, message_rules, modal_rules, posting, refusals
from tests.wire.discord import payload as read
from tests.wire.discord.channel_routes import apply_edit
from tests.wire.discord.interactions import (
    Answer,
    Callback,
    Choice,
    Interactions,
    InteractionType,
    Modal,
    Response,
    draw_metadata,
)
from tests.wire.discord.model import Message, MessageFlag
from tests.wire.discord.payload import Payload
from tests.wire.discord.permissions import Permission
from tests.wire.discord.routes import Call, Router
from tests.wire.discord.rules import open_form

FITTING = {
    InteractionType.PING: (Callback.PONG,),
    InteractionType.COMMAND: (Callback.MESSAGE, Callback.DEFERRED_MESSAGE, Callback.MODAL),
    InteractionType.COMPONENT: (
        Callback.MESSAGE,
        Callback.DEFERRED_MESSAGE,
        Callback.DEFERRED_UPDATE,
        Callback.UPDATE,
        Callback.MODAL,
    ),
    InteractionType.AUTOCOMPLETE: (Callback.AUTOCOMPLETE,),
    InteractionType.MODAL_SUBMIT: (
        Callback.MESSAGE,
        Callback.DEFERRED_MESSAGE,
        Callback.DEFERRED_UPDATE,
        Callback.UPDATE,
    ),
}


class InteractionRoutes:
    def __init__(self, interactions: Interactions) -> None:
        self.interactions = interactions
        self.world = interactions.world

    def add_routes(self, router: Router) -> None:
        router.add("POST /interactions/{interaction}/{token}/callback", self.respond, open_door=True)
        router.add("POST /webhooks/{application}/{token}", self.follow_up, open_door=True)
        router.add("GET /webhooks/{application}/{token}/messages/{message}", self.get, open_door=True)
        router.add("PATCH /webhooks/{application}/{token}/messages/{message}", self.edit, open_door=True)
        router.add("DELETE /webhooks/{application}/{token}/messages/{message}", self.delete, open_door=True)

    # The first answer

    def respond(self, call: Call) -> Payload | None:
        answer = self.interactions.by_token.get(call.params["token"])
        if answer is None or answer.id != call.number("interaction"):
            raise refusals.unknown_interaction()
        if answer.response is not None:
            raise refusals.already_answered()
        if self.interactions.late(answer):
            raise refusals.unknown_interaction()
        form = open_form(call.body)
        kind = form.choice("type", FITTING[answer.type], needed=True)
        form.breaches.raise_if_any()
        assert kind is not None
        callback = Callback(kind)
        if callback in (Callback.UPDATE, Callback.DEFERRED_UPDATE) and answer.source is None:
            form.refuse("type", "INTERACTION_NO_MESSAGE", "There is no message to update")
            form.breaches.raise_if_any()
        data = read.object_of(form.data, "data")
        try:
            self._carry_out(call, answer, callback, data)
        except refusals.Refused as refused:
            if refused.errors:
                raise refusals.invalid_form({"data": refused.errors}) from None
            raise
        answer.response = Response(callback, data, answer.ephemeral)
        answer.answered_at = self.world.clock.now()
        answer.signal.fire()
        with_response = call.query.get("with_response", "").lower() in ("1", "true")
        return self._draw_response(answer, callback) if with_response else None

    def _carry_out(self, call: Call, answer: Answer, callback: Callback, data: Payload) -> None:
        match callback:
            case Callback.MESSAGE:
                answer.original = self._post(answer, data, call)
            case Callback.DEFERRED_MESSAGE:
                answer.original = self._post_loading(answer, data)
            case Callback.UPDATE:
                assert answer.source is not None
                self._check_present(answer.source)
                answer.original = answer.source
                apply_edit(Call(self.world, {}, {}, data, call.uploads), answer.source)
                answer.edits += 1
            case Callback.DEFERRED_UPDATE:
                answer.original = answer.source
            case Callback.AUTOCOMPLETE:
                answer.choices = self._check_choices(answer, data)
            case Callback.MODAL:
                form = open_form(data)
                modal_rules.check_modal(form)
                form.breaches.raise_if_any()
                title, custom_id = read.text_of(data, "title"), read.text_of(data, "custom_id")
                answer.modal = Modal(title, custom_id, read.objects_of(data, "components"), answer)
            case Callback.PONG:
                pass

    def _check_present(self, message: Message) -> None:
        if message.deleted:
            raise refusals.unknown_message()

    def _check_choices(self, answer: Answer, data: Payload) -> list[Choice]:
        form = open_form(data)
        modal_rules.check_autocomplete(form, answer.option_type)
        form.breaches.raise_if_any()
        found = []
        for one in read.objects_of(data, "choices"):
            value = one.get("value")
            assert isinstance(value, str | int | float)
            found.append(Choice(read.text_of(one, "name"), value))
        return found

    def _must_hide(self, answer: Answer) -> bool:
        """Answers of an app that only the person installed are private where external apps are off."""
        guild = answer.channel.guild
        if guild is None or guild.bot_present:
            return False
        return Permission.USE_EXTERNAL_APPS not in answer.channel.permissions_of(answer.user)

    def _post(self, answer: Answer, data: Payload, call: Call) -> Message:
        message_rules.check_new_message(data, call.uploads, interaction=True)
        hidden = bool(read.integer_of(data, "flags") & MessageFlag.EPHEMERAL) or self._must_hide(answer)
        message = posting.compose(
            self.world,
            answer.channel,
            data,
            call.uploads,
            seen_by=answer.user if hidden else None,
            interaction=draw_metadata(answer),
        )
        if hidden:
            message.flags |= MessageFlag.EPHEMERAL
        self.world.post(message)
        return message

    def _post_loading(self, answer: Answer, data: Payload) -> Message:
        hidden = bool(read.integer_of(data, "flags") & MessageFlag.EPHEMERAL) or self._must_hide(answer)
        message = Message(
            self.world.clock.new_id(),
            answer.channel,
            self.world.bot,
            self.world.clock.now(),
            flags=MessageFlag.LOADING | (MessageFlag.EPHEMERAL if hidden else MessageFlag(0)),
            interaction=draw_metadata(answer),
            seen_by=answer.user if hidden else None,
        )
        self.world.post(message)
        return message

    def _draw_response(self, answer: Answer, callback: Callback) -> Payload:
        interaction: Payload = {"id": str(answer.id), "type": int(answer.type)}
        body: Payload = {"interaction": interaction}
        if callback in (Callback.MESSAGE, Callback.DEFERRED_MESSAGE, Callback.UPDATE) and answer.original:
            interaction |= {
                "response_message_id": str(answer.original.id),
                "response_message_loading": answer.original.loading,
                "response_message_ephemeral": answer.original.ephemeral,
            }
            body["resource"] = {"type": int(callback), "message": drawing.draw_message(answer.original)}
        elif callback is not Callback.AUTOCOMPLETE:
            body["resource"] = {"type": int(callback)}
        return body

    # What comes after it

    def _reach(self, call: Call) -> Answer:
        answer = self.interactions.by_token.get(call.params["token"])
        if answer is None or self.interactions.expired(answer):
            raise refusals.expired_token()
        if answer.response is None or call.number("application") != self.world.bot.id:
            raise refusals.unknown_webhook()
        return answer

    def _find(self, call: Call, answer: Answer) -> Message:
        wanted = call.params["message"]
        if wanted == "@original":
            found = answer.original
        else:
            number = call.number("message")
            mine = [*answer.followups, *([answer.original] if answer.original else [])]
            found = next((one for one in mine if one.id == number), None)
        if found is None or found.deleted:
            raise refusals.unknown_message()
        return found

    def follow_up(self, call: Call) -> Payload:
        answer = self._reach(call)
        loading = answer.original is not None and answer.original.loading and not answer.original.deleted
        if loading and answer.original is not None:
            # The first follow-up fills the loading message, and keeps its privacy.
            body = read.as_payload(call.body)
            flags = read.integer_of(body, "flags") & ~MessageFlag.EPHEMERAL
            message_rules.check_new_message(body, call.uploads, interaction=True)
            apply_edit(Call(self.world, {}, {}, body | {"flags": flags}, call.uploads), answer.original)
            self._changed(answer)
            return drawing.draw_message(answer.original)
        message = self._post(answer, read.as_payload(call.body), call)
        answer.followups.append(message)
        answer.signal.fire()
        return drawing.draw_message(message)

    def _changed(self, answer: Answer) -> None:
        answer.edits += 1
        answer.signal.fire()

    def get(self, call: Call) -> Payload:
        return drawing.draw_message(self._find(call, self._reach(call)))

    def edit(self, call: Call) -> Payload:
        answer = self._reach(call)
        drawn = apply_edit(call, self._find(call, answer))
        self._changed(answer)
        return drawn

    def delete(self, call: Call) -> None:
        answer = self._reach(call)
        self.world.delete_message(self._find(call, answer))
        self._changed(answer)
