"""The newcomer's walk with an installed `dualo`, from an empty folder: start, read, record, stop, start again.

Run as `python walk.py path/to/dualo`. Prints what it saw; leaves with 1 at the first thing that is not as promised.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.request import Request, urlopen

STARTS_WITHIN = 60.0


@contextmanager
def started(dualo: str) -> Iterator[str]:
    """A running Dualo by the address it printed; stopped by SIGTERM, which must be clean."""
    environment = {**os.environ, "DUALO_HTTP_PORT": "0"}
    process = subprocess.Popen([dualo, "run"], stdout=subprocess.PIPE, text=True, env=environment)
    try:
        yield _address(process)
    finally:
        process.send_signal(signal.SIGTERM)
        code = process.wait(timeout=30)
        if process.stdout:
            process.stdout.close()
    expect("it stops cleanly on SIGTERM", code == 0, code)


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until:
        line = process.stdout.readline()
        if found := re.search(r"http://[\w.:\[\]]+", line):
            return found[0]
        if not line and process.poll() is not None:
            break
    raise SystemExit("it did not start")


def ask(address: str, path: str, body: object = None) -> str:
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json", "Origin": address, "Sec-Fetch-Site": "same-origin"}
    with urlopen(Request(address + path, data=data, headers=headers), timeout=20) as answer:
        return str(answer.read().decode())


def say(address: str, line: str, *, locale: str = "") -> str:
    who = {"person": "You", "locale": locale}
    return str(json.loads(ask(address, "/web/say", {"line": line, "who": who}))["html"])


def expect(what: str, holds: object, seen: object = "") -> None:
    print(("ok   " if holds else "WRONG"), what, "" if holds else f"– saw {seen}")
    if not holds:
        raise SystemExit(1)


def main(dualo: str) -> None:
    with started(dualo) as address:
        expect("it is ready", json.loads(ask(address, "/readyz"))["status"] == "ready")
        expect("it has a page", "<title>" in ask(address, "/"))
        expect("it measures itself", "dualo_commands" in ask(address, "/metrics"))
        lesson = say(address, "/lesson backend-architectures 1")
        expect("it teaches", "Backend means four choices" in lesson, lesson[:300])
        done = say(address, "/done backend-architectures/layers")
        expect("it records", "1 / 10" in done, done[:300])
    began = time.monotonic()
    with started(dualo) as address:
        expect("it starts again in seconds", time.monotonic() - began < 20, time.monotonic() - began)
        progress = say(address, "/progress")
        expect("it still knows yesterday's progress", "1 / 10" in progress, progress[:300])
        german = say(address, "/progress", locale="de-DE")
        expect("it speaks German", "Dein Fortschritt" in german, german[:300])


if __name__ == "__main__":
    main(sys.argv[1])
