"""Slack's limits that decide how a page is drawn, each with its unit and source."""

from __future__ import annotations

BLOCKS_IN_MESSAGE = 50
"""Blocks; docs.slack.dev/reference/block-kit/blocks."""
BLOCKS_IN_VIEW = 100
"""Blocks of a modal or the Home tab; same page."""
SECTION = 3000
"""Characters of a section's text; docs.slack.dev/reference/block-kit/blocks/section-block."""
HEADER = 150
"""Characters, plain text; docs.slack.dev/reference/block-kit/blocks/header-block."""
BUTTON = 75
"""Characters of a button's label, and of what a screen reader says in its place."""
BUTTONS_IN_BLOCK = 25
"""Elements of an actions block."""
OPTIONS = 100
"""Options of a select."""
OPTION = 75
"""Characters of an option's text and of its description."""
PLACEHOLDER = 150
"""Characters of what a select says while nothing is chosen."""
CONFIRM_TITLE, CONFIRM_TEXT, CONFIRM_YES = 100, 300, 30
"""Characters; docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object."""
MODAL_TITLE = 24
"""Characters of a modal's title and of its two buttons."""
INPUT = 3000
"""Characters that a plain text input takes at most."""
BLOCK_TEXT = 13_000
"""Characters over all the blocks of a message, as met in practice (slackapi/bolt-js#2509, #2867)."""
FALLBACK = 3_900
"""Characters of the top-level text; Slack advises 4,000 (docs.slack.dev/reference/methods/chat.postMessage)."""
COMMAND = 32
"""Characters of a slash command, the slash not counted; docs.slack.dev/reference/app-manifest."""
DESCRIPTION, USAGE_HINT = 2000, 1000
"""Characters of a slash command's description and usage hint."""
