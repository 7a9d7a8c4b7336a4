"""The rival queue: pgqueuer, with a job that does nothing, on the same PostgreSQL."""

from __future__ import annotations

import importlib.util
import time

import asyncpg
from sqlalchemy.engine import make_url

JOB = "nothing"


def present() -> bool:
    return importlib.util.find_spec("pgqueuer") is not None


async def drain(url: str, jobs: int, *, at_once: int) -> float:
    """Put so many jobs there and have them done; how many a second were done."""
    from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
    from pgqueuer.adapters.persistence.queries import Queries
    from pgqueuer.core.qm import QueueManager
    from pgqueuer.domain.types import QueueExecutionMode

    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    connection = await asyncpg.connect(plain)
    try:
        queries = Queries(AsyncpgDriver(connection))
        if not await queries.schema_is_installed():
            await queries.install()
        manager = QueueManager(queries)

        async def nothing(_job: object) -> None:
            return None

        manager.entrypoint(JOB)(nothing)
        await queries.enqueue([JOB] * jobs, [None] * jobs, [0] * jobs)
        began = time.perf_counter()
        await manager.run(batch_size=at_once, mode=QueueExecutionMode.drain)
        return jobs / (time.perf_counter() - began)
    finally:
        await connection.close()
