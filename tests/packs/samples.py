"""Sound content, written out as an author would, to be spoilt one way at a time."""

from __future__ import annotations

import re
from pathlib import Path

THEME = """\
id: caching
emoji: 📦
title: Caching in Practice
description: >-
  Where caches help and where they hide a fault. For people who run a service.
language: en
licence: MIT
lessons:
  - cache-layers
"""

LESSON = """\
id: cache-layers
title: Cache layers – where an answer can wait
summary: Every layer that keeps an answer saves a trip and adds a way to be out of date.
sections:
  - label: A cache is a bet
    text: >-
      A cache keeps an answer because somebody may ask again before it changes. The bet pays when reads are
      frequent and changes are rare. It loses when each key is asked for once, since then the cache only costs
      memory and one more look. Measure the share of hits before you add one, and again a week later, because
      traffic changes. A cache with 20 % of hits in front of a 2 ms query saves little and adds a step that can
      fail on its own. Start from the slowest request that many people make, and ask what of it stays the same
      from one minute to the next.
    sources: [cache-sizing]
  - label: Layers from near to far
    text: |-
      An answer can wait in several places, each with its own owner:

      - the browser, which obeys `Cache-Control`
      - a proxy or content network near the reader
      - the memory of one process, the fastest and the least shared
      - a store such as Redis, shared by all processes

      The nearer the layer, the less you can take back: nobody can reach into a browser and delete what was
      stored for a day. Keep short times where you have no way to clear, and long ones where you have. A layer
      in one process answers in less than a microsecond, a shared store in about half a millisecond over the
      network.
    sources: [http-caching, cache-sizing]
  - label: Letting go in time
    text: >-
      Two ways lead out of a cache: a time after which an answer counts as old, and a message that says it
      changed. A time is simple and always late by up to its length. A message is exact and can get lost, so
      it needs a time as well. When many answers grow old in the same second, all readers ask the source at
      once; spread the times by a tenth, or let one reader fetch while the others wait. Write down for each
      kind of answer how old it may be, in seconds, and who decided so. A price may be a minute old, a balance
      may not. What may never be old does not belong in a cache at all.
    sources: [http-caching]
sources:
  - id: http-caching
    title: RFC 9111, HTTP Caching
    url: https://www.rfc-editor.org/rfc/rfc9111
  - id: cache-sizing
    title: Redis manual, Key eviction
    url: https://redis.io/docs/latest/develop/reference/eviction/
questions:
  - id: low-hits
    ask: A cache in front of a 2 ms query has 20 % of hits. What does it bring?
    section: A cache is a bet
    options:
      - text: It saves most of the time of the query
        right: false
        why: Four of five requests still wait for the query, and look into the cache first.
      - text: It saves little and adds a step that can fail
        right: true
        why: One request in five saves 2 ms; every one takes the additional look.
      - text: It saves nothing before it is full
        right: false
        why: A hit saves its query at once, however full the cache is.
  - id: browser-copy
    ask: A wrong answer was sent with a time of one day. Where can you not take it back?
    section: Layers from near to far
    options:
      - text: In the browser
        right: true
        why: It is not yours, and it does not ask again before the day is over.
      - text: In the process
        right: false
        why: A restart empties it.
      - text: In the store
        right: false
        why: One command deletes the key.
  - id: lost-message
    ask: >-
      A message clears an answer when it changes. Why does the answer
      need a time as well?
    section: Letting go in time
    options:
      - text: Because a message takes longer than a time
        right: false
        why: It is usually faster.
      - text: Because a store refuses keys without one
        right: false
        why: Stores keep such keys until they are deleted.
      - text: Because a message can get lost
        right: true
        why: Then the time is what ends the old answer.
"""
FORMER = re.sub(r"    sources: \[.*\]\n", "", re.sub(r"- id: (?:http-caching|cache-sizing)\n   ", "-", LESSON))
"""The lesson as it was written before sources had ids."""


def write(folder: Path, *, theme: str = THEME, lesson: str = LESSON, home: str = "caching") -> Path:
    """A folder of themes with one theme and one lesson in it."""
    place = folder / home
    place.mkdir(parents=True, exist_ok=True)
    (place / "theme.yaml").write_text(theme, encoding="utf-8")
    (place / "01-cache-layers.yaml").write_text(lesson, encoding="utf-8")
    return folder


def replace(source: str, old: str, new: str) -> str:
    """The text with one thing spoilt; a sample that has changed is noticed."""
    assert old in source, f"the sample no longer holds {old!r}"
    return source.replace(old, new, 1)
