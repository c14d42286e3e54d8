"""One writer at a time, as SQLite has it anyway; small transactions that wait for it are committed together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from sqlalchemy.orm import Session

from storage.database import Database
from storage.errors import DatabaseLocked, DatabaseReadOnly, DatabaseUnreachable, SchemaVersionError

#: With nothing to do about the database, going on would only fail page after page.
HOPELESS = (DatabaseUnreachable, DatabaseReadOnly, SchemaVersionError)
#: So many at most become one transaction, which keeps others from writing while it lasts.
_MOST = 100

T = TypeVar("T")


@dataclass(slots=True)
class _Job(Generic[T]):
    work: Callable[[Session], T]
    result: T | None = None
    error: Exception | None = None
    done: bool = False


@dataclass(slots=True)
class Writer:
    """Does database work in threads, one after the other."""

    database: Database
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _waiting: list[_Job[object]] = field(default_factory=list)

    async def run(self, work: Callable[[], T]) -> T:
        """Work that opens its own transactions."""
        async with self._turn:
            return await asyncio.to_thread(work)

    async def write(self, work: Callable[[Session], T]) -> T:
        """Work inside a transaction, which it may share with others; it must not matter if it is done twice.

        Where others spoil the transaction, it is done again in one of its own. Raises what the work raises.
        """
        job: _Job[T] = _Job(work)
        self._waiting.append(job)  # type: ignore[arg-type]  # what it gives back is nobody's business here
        async with self._turn:
            if not job.done and job in self._waiting:
                batch, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
                await asyncio.to_thread(self._commit, batch)
        if job.error is not None:
            raise job.error
        if not job.done:
            raise asyncio.CancelledError  # with whoever was to do it
        return job.result  # type: ignore[return-value]  # done, so it is what the work gave

    def _commit(self, batch: list[_Job[object]]) -> None:
        try:
            with self.database.session() as session:
                results = [job.work(session) for job in batch]
        except Exception as error:  # noqa: BLE001 - whoever asked for the work gets it
            if len(batch) > 1 and not isinstance(error, (*HOPELESS, DatabaseLocked)):
                for job in batch:
                    self._commit([job])
                return
            for job in batch:
                job.error, job.done = error, True
            return
        for job, result in zip(batch, results, strict=True):
            job.result, job.done = result, True
