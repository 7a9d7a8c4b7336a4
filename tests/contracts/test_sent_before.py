"""Buttons and forms that were sent before still work: a token carries a verb and, by their places, its fields."""

from __future__ import annotations

import pytest

from bot.core import commands

SENT = """
answer quiz position choice question
apply-content digest
ask quiz position
assign theme role user by required
assignments page
audit days page
certificate theme form
close-mistake id
confirm-erase word
content action
doctor page
done lesson
drop-manager named
edit-contacts
edit-reminders
edit-retention removed away confirm
edit-settings
edit-team board certificates
edit-workspace
erase
find words
follow theme
guessed name number
help topic
home
inbox page
join-board
keep-weeks
leave-board
lesson theme lesson share
link code
link-confirm name
link-new
link-refuse name
member action user theme lesson confirm
mistake theme lesson
next theme
not-this-week
open-web
pick
pick-lesson theme purpose
preview schedule theme lesson
privacy action
progress theme public
quiz theme lesson count
recall name number picked skip
recall-type name number question skip given
recalled name number question choice picked skip
redo quiz
report theme role period form page
report-mistake theme lesson what
resume
review skip
save theme lesson
save-close id note
save-contacts alert_user alert_channel manager manager_role
save-reminders nudges days hour a_week until
save-settings
save-setup channel theme weekday hour timezone
save-workspace timezone language board personal retention
saved
schedule-add theme channel weekdays time timezone every_weeks start_at mention thread holidays late_window until
schedule-edit id theme channel weekdays time timezone every_weeks start_at mention thread holidays late_window until \
version
schedule-form id
schedule-list channel page
schedule-pause id until
schedule-question id after
schedule-remove id confirm
schedule-resume id
schedule-run-now id confirm
schedule-show id
schedule-skip id date
schedule-unskip id date
settings
setup
snooze until
stop-reminders
team theme
theme name
themes
tried of button
try theme lesson seed count position choice
try-again form opener
try-type theme lesson seed count position given
type quiz position question given
unassign id
undo theme lesson
unfollow theme
unlink
unsave theme lesson
week-answer schedule date name question choice picked
week-ask schedule date name picked
week-type schedule date name question given
workspace
"""
"""Each verb that was ever sent, with its fields in their places. Lines are added and fields appended; nothing goes."""
LINES = SENT.split("\n")[1:-1]


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.partition(" ")[0])
def test_a_verb_that_was_sent_leads_to_a_command_with_its_fields_in_their_places(line: str) -> None:
    verb, *fields = line.split()
    spec = commands.by_verb(verb)
    assert spec is not None
    assert [parameter.name for parameter in spec.parameters][: len(fields)] == fields


def test_every_verb_that_can_be_sent_is_held() -> None:
    assert {spec.verb for spec in commands.all_specs()} <= {line.partition(" ")[0] for line in LINES}
