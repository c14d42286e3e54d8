"""A PostgreSQL server of the tests' own, in a temporary directory. Standard library only.

The server is the child of a keeper process that waits for the end of its standard input. However the tests end, killed
included, the operating system closes that pipe: the keeper then stops the server and removes the directory.

``python tests/postgres_server.py`` prints where PostgreSQL's programs are; without them it says how to get them, and
ends with 1.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

ENVIRONMENT = "DEALWIRE_TEST_POSTGRES"
NOT_FOUND = (
    "no PostgreSQL: install it (Debian, Ubuntu: apt-get install postgresql; macOS: brew install postgresql), "
    f"or set {ENVIRONMENT} to the URL of a superuser on a server for tests"
)
READY_SECONDS = 60.0
_ROOM = 1 << 30  # bytes free that a server may want

# Nothing here outlives the tests, so nothing need reach a disk. Nothing is reachable from outside the directory.
_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "listen_addresses": "",
}


class NoServer(Exception):
    """There is no PostgreSQL to test with, or it does not start; says what to do."""


@cache
def find_programs() -> Path | None:
    """The directory of ``initdb`` and ``postgres``, the newest version first; None when PostgreSQL is not installed."""
    candidates: list[Path] = []
    if pg_config := shutil.which("pg_config"):
        told = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, check=False)
        candidates.append(Path(told.stdout.strip()))
    if initdb := shutil.which("initdb"):
        candidates.append(Path(initdb).resolve().parent)
    for root, pattern in (
        ("/usr/lib/postgresql", "*/bin"),
        ("/usr", "pgsql-*/bin"),
        ("/opt/homebrew/opt", "post*/bin"),
    ):
        candidates += sorted(Path(root).glob(pattern), key=_version, reverse=True)
    return next((path for path in candidates if all((path / name).is_file() for name in ("initdb", "postgres"))), None)


def _version(programs: Path) -> int:
    digits = "".join(filter(str.isdigit, programs.parent.name))
    return int(digits or 0)


class PostgresServer:
    """A running server. Close it, or use it as a context manager. Raises NoServer."""

    def __init__(self) -> None:
        programs = find_programs()
        if programs is None:
            raise NoServer(NOT_FOUND)
        self._keeper = subprocess.Popen(
            [sys.executable, __file__, "keep", str(programs)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C is for the tests; they close the server when they are through
        )
        assert self._keeper.stdout is not None
        kind, _, told = self._keeper.stdout.readline().rstrip("\n").partition(" ")
        if kind != "ready":
            self.close()
            raise NoServer(f"PostgreSQL in {programs} does not start: {told or 'no word from it'}")
        #: Of its maintenance database; the user is a superuser.
        self.url = f"postgresql://postgres@/postgres?host={quote(told)}"

    def close(self) -> None:
        """Stop the server and remove its directory."""
        assert self._keeper.stdin is not None
        assert self._keeper.stdout is not None
        self._keeper.stdin.close()
        self._keeper.wait(READY_SECONDS)
        self._keeper.stdout.close()

    def __enter__(self) -> PostgresServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def keep(programs: Path) -> int:
    """Run a server until standard input ends. Prints one line: "ready" and its directory, or "failed" and why."""
    directory: Path | None = None
    try:
        account = _account()
        directory = Path(tempfile.mkdtemp(prefix="dealwire-postgres-", dir=_parent()))
        if account:
            os.chown(directory, account["user"], account["group"])
        server = _start(programs, directory, account)
        try:
            print("ready", directory, flush=True)
            sys.stdin.read()
        finally:
            server.send_signal(signal.SIGINT)  # "fast": sessions that are still open are ended
            server.wait(READY_SECONDS)
    except (OSError, subprocess.SubprocessError, NoServer) as error:
        print("failed", " ".join(str(error).split()), flush=True)
        return 1
    finally:
        if directory is not None:
            shutil.rmtree(directory, ignore_errors=True)
    return 0


def _start(programs: Path, directory: Path, account: dict[str, Any]) -> subprocess.Popen[bytes]:
    data = directory / "data"
    initdb: list[str | Path] = [
        programs / "initdb",
        "--pgdata",
        data,
        "--auth=trust",
        "--username=postgres",
        "--encoding=UTF8",
        "--no-sync",
    ]
    # Sorted as people sort, not as bytes: what should not depend on the server's collation is seen to depend on it.
    ways = (["--locale-provider=icu", "--icu-locale=und", "--locale=C.UTF-8"], ["--no-locale"])
    for way in ways:
        made = subprocess.run([*initdb, *way], capture_output=True, text=True, cwd=directory, check=False, **account)
        if made.returncode == 0:
            break
        shutil.rmtree(data, ignore_errors=True)
    else:
        raise NoServer(made.stderr)
    settings = [f"--{name}={value}" for name, value in (_SETTINGS | {"unix_socket_directories": directory}).items()]
    with (directory / "log").open("wb") as log:
        server = subprocess.Popen(
            [programs / "postgres", "-D", data, *settings], stdout=log, stderr=log, stdin=subprocess.DEVNULL, **account
        )
    status = data / "postmaster.pid"
    deadline = time.monotonic() + READY_SECONDS
    while not (status.is_file() and "ready" in status.read_text()):
        if server.poll() is not None or time.monotonic() > deadline:
            server.kill()
            server.wait()
            raise NoServer((directory / "log").read_text(errors="replace")[-500:])
        time.sleep(0.02)
    return server


def _account() -> dict[str, Any]:
    """Whom to run as, in the words of subprocess: PostgreSQL refuses to run as root."""
    if os.name != "posix" or os.geteuid() != 0:
        return {}
    import pwd

    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise NoServer("it refuses to run as root, and there is no user postgres or nobody to run it as")


def _parent() -> str | None:
    """Where to make the directory: in memory where there is room; if we are root, where others can reach it."""
    for name in ("/dev/shm", tempfile.gettempdir(), "/tmp"):
        path = Path(name).resolve()
        if not os.access(path, os.W_OK) or shutil.disk_usage(path).free < _ROOM:
            continue
        if os.geteuid() != 0 or all(step.stat().st_mode & 0o001 for step in (path, *path.parents)):
            return name
    return None


def main(arguments: list[str]) -> int:
    """Say where the programs are, or keep a server."""
    if arguments[:1] == ["keep"]:
        return keep(Path(arguments[1]))
    programs = find_programs()
    print(programs or NOT_FOUND, file=sys.stdout if programs else sys.stderr)
    return 0 if programs else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
