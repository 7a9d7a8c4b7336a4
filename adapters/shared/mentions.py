"""Where words of ours mention a command, so that each front end can write it as it is typed there."""

from __future__ import annotations

import re
from functools import cache

from bot.api import commands


@cache
def mentioned() -> re.Pattern[str]:
    """What finds `/name` in words; the longest name first, and none within an address or a longer word."""
    typed = sorted((spec.name for spec in commands.all_specs() if spec.typed), key=len, reverse=True)
    return re.compile(rf"(?<![\w/<:.])/(?P<name>{'|'.join(map(re.escape, typed))})(?![\w/-])")
