"""Reading stored pages with the extractor, in this process or in several; in the order of the pages either way.

A process that dies (out of memory, a fault in a C library) costs the page it was at: what was under way is read again,
each page alone, until it shows which one it is. Processes are spawned, so they share nothing; they end with the one
that started them, however that ends.
"""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context, parent_process

from pipeline.errors import ArticleError, PipelineError, told
from pipeline.reading import Document, Extractor, read_document
from scrapers.sources import Source
from storage.articles import Earlier
from storage.pages import PageRef

#: Pages in hand for each process: enough to keep it busy, few enough to hold their bytes in memory.
_IN_HAND = 4


@dataclass(frozen=True, slots=True)
class Task:
    """A page to read, with what is known of it."""

    ref: PageRef
    body: bytes
    source: Source | None
    earlier: Earlier


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of a page: a document, or what was wrong with it (``no_article``: there is none in it)."""

    ref: PageRef
    document: Document | None = None
    error: str = ""
    no_article: bool = False


@dataclass(frozen=True, slots=True)
class Pool:
    """How many processes are to read, and what loads the extractor in each: a function that can be pickled."""

    load: Callable[[], Extractor]
    jobs: int


def processors() -> int:
    """How many processes can work at once here."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def read_all(tasks: Iterable[Task], extract: Extractor | Pool) -> Iterator[Reading]:
    """Read the pages, in their order. Raises PipelineError when the extractor cannot be loaded in a process."""
    if not isinstance(extract, Pool):
        yield from (read(task, extract) for task in tasks)
    elif extract.jobs <= 1:
        loaded = extract.load()
        yield from (read(task, loaded) for task in tasks)
    else:
        yield from _read_in_processes(tasks, extract)


def read(task: Task, extract: Extractor) -> Reading:
    """Read one page; whatever is wrong with it is told, not raised."""
    try:
        document = read_document(
            task.body,
            task.ref,
            task.source,
            extract,
            fetched_at=task.earlier.fetched_at,
            publisher=task.earlier.publisher,
            language=task.earlier.language,
        )
    except Exception as error:  # noqa: BLE001 - a page that trips us must cost only itself
        return Reading(task.ref, error=told(error), no_article=isinstance(error, ArticleError))
    return Reading(task.ref, document)


def _read_in_processes(tasks: Iterable[Task], pool: Pool) -> Iterator[Reading]:
    executor = _executor(pool, pool.jobs)
    in_hand: deque[tuple[Task, Future[Reading]]] = deque()
    coming = iter(tasks)
    try:
        while True:
            try:
                while len(in_hand) < pool.jobs * _IN_HAND and (task := next(coming, None)) is not None:
                    in_hand.append((task, Future()))  # known to be in hand before the pool can break over it
                    in_hand[-1] = (task, executor.submit(_read_here, task))
                if not in_hand:
                    return
                reading = in_hand[0][1].result()
                in_hand.popleft()
                yield reading
            except BrokenProcessPool:
                executor.shutdown(wait=False, cancel_futures=True)
                left = [task for task, _ in in_hand]
                in_hand.clear()
                yield from _one_by_one(left, pool)
                executor = _executor(pool, pool.jobs)
    finally:
        executor.shutdown(wait=False, cancel_futures=True)


def _one_by_one(tasks: Iterable[Task], pool: Pool) -> Iterator[Reading]:
    executor = _tried(pool)
    try:
        for task in tasks:
            try:
                reading = executor.submit(_read_here, task).result()
            except BrokenProcessPool:
                executor.shutdown(wait=False)
                executor = _tried(pool)
                reading = Reading(task.ref, error=f"{task.ref.url}: the process that read it died; please report it")
            yield reading
    finally:
        executor.shutdown(wait=False, cancel_futures=True)


def _tried(pool: Pool) -> ProcessPoolExecutor:
    """A process that is known to work, so that what ends it is the page. Raises PipelineError where none does."""
    executor = _executor(pool, 1)
    try:
        executor.submit(_check).result()
    except BrokenProcessPool as error:
        executor.shutdown(wait=False)
        raise PipelineError("processes to read with end as soon as they start; read with one: --jobs 1") from error
    return executor


def _executor(pool: Pool, jobs: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_load, initargs=(pool.load,))


# -- in the other process --------------------------------------------------------------------------------------------

_loaded: Extractor | Exception | None = None


def _load(load: Callable[[], Extractor]) -> None:
    global _loaded
    with suppress(ValueError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; the one that started us ends us
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        _loaded = load()
    except Exception as error:  # noqa: BLE001 - raised where it can be told: an initializer that raises breaks the pool
        _loaded = error


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _ready() -> Extractor:
    if _loaded is None or isinstance(_loaded, Exception):
        raise PipelineError("the extractor was not loaded" if _loaded is None else told(_loaded))  # one that pickles
    return _loaded


def _check() -> None:
    _ready()


def _read_here(task: Task) -> Reading:
    return read(task, _ready())
