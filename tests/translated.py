"""A theme of two lessons, the first of which is translated into German as an author would: in an order of its own."""

from __future__ import annotations

from pathlib import Path

from bot.domain.course import Shelf
from bot.packs import load

ENGLISH = """\
id: waiting
title: Where requests wait
summary: A request waits in a queue or for a lock.
sections:
  - {label: Queues, text: Work that waits its turn stands in a queue., sources: [book]}
  - {label: Locks, text: Who wants a row that another one holds waits for its lock., sources: [book]}
  - {label: Deadlocks, text: Two that wait for each other wait for ever., sources: [manual]}
sources:
  - {id: book, title: A book on queues, url: "https://example.org/book"}
  - {id: manual, title: The manual, url: "https://example.org/manual"}
questions:
  - id: turn
    ask: Where does work wait its turn?
    section: Queues
    options:
      - {id: queue, text: In a queue, right: true, why: That is what one is.}
      - {id: lock, text: In a lock, right: false, why: A lock is waited for.}
      - {id: cache, text: In a cache, right: false, why: Nothing waits there.}
  - id: several
    ask: What is waited for?
    section: Locks
    options:
      - {id: row, text: A row, right: true, why: Its lock is.}
      - {id: past, text: The past, right: false, why: It is over.}
      - {id: table, text: A table, right: true, why: It may be locked as well.}
  - id: name
    ask: What is it called when two wait for each other?
    section: Deadlocks
    answer: {accept: [deadlock, a deadlock], why: Each holds what the other one wants.}
"""
OTHER = ENGLISH.replace("id: waiting", "id: leaving").replace("Where requests wait", "Where requests leave")
GERMAN = """\
id: waiting
title: Wo Anfragen warten
summary: Eine Anfrage wartet in einer Warteschlange oder auf eine Sperre.
sections:
  - {label: Warteschlangen, text: Arbeit steht in einer Warteschlange.}
  - {label: Sperren, text: Auf ihre Sperre wartet jede Anfrage nach einer Zeile.}
  - {label: Verklemmungen, text: Zwei warten ewig aufeinander.}
questions:
  - id: name
    ask: Wie heißt das ewige Warten aufeinander?
    section: Verklemmungen
    answer: {accept: [Verklemmung], why: Jede hält das von der anderen Gewünschte.}
  - id: several
    ask: Worauf wird gewartet?
    section: Sperren
    options:
      - {id: table, text: Auf eine Tabelle, right: true, why: Auch sie kann gesperrt sein.}
      - {id: row, text: Auf eine Zeile, right: true, why: Auf ihre Sperre.}
      - {id: past, text: Auf die Vergangenheit, right: false, why: Sie ist vorbei.}
  - id: turn
    ask: Wo wartet Arbeit?
    section: Warteschlangen
    options:
      - {id: cache, text: Im Cache, right: false, why: Dort wartet nichts.}
      - {id: lock, text: In einer Sperre, right: false, why: Auf die wird gewartet.}
      - {id: queue, text: In einer Warteschlange, right: true, why: Dafür ist sie da.}
"""
THEME = """\
id: requests
emoji: 📮
title: The life of requests
description: What becomes of a request.
language: en
licence: MIT
lessons: [waiting, leaving]
translations:
  de: {title: Das Leben der Anfragen, description: Was aus einer Anfrage wird.}
"""


def write(folder: Path, *, german: str = GERMAN, theme: str = THEME) -> Path:
    """The folder of themes with this one in it."""
    home = folder / "requests"
    home.mkdir(parents=True, exist_ok=True)
    for name, said in (("theme", theme), ("01-waiting", ENGLISH), ("01-waiting.de", german), ("02-leaving", OTHER)):
        (home / f"{name}.yaml").write_text(said, encoding="utf-8")
    return folder


def shelf(folder: Path) -> Shelf:
    return load.load([write(folder)]).shelf
