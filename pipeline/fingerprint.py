"""What an extractor is known by: two with the same fingerprint read a page alike."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from pipeline.company_files import own_files
from pipeline.config import Config

_PACKAGE = Path(__file__).parent
_SUFFIXES = frozenset({".py", ".yaml", ".tsv"})
#: Parts of the package that no page is read with.
_OTHER_PARTS = frozenset({"cli", "demo", "web", "__pycache__"})
_LIBRARIES = ("trafilatura", "htmldate", "py3langid")


def fingerprint(config: Config) -> str:
    """64 hex digits of the program, its lexicons, and what of the configuration has a say in reading and resolving.

    Raises ConfigError when a configured company file is not there.
    """
    known = hashlib.sha256()
    for path in sorted(_files()):
        known.update(path.relative_to(_PACKAGE).as_posix().encode() + b"\0" + path.read_bytes())
    for name in _LIBRARIES:
        known.update(f"{name} {version(name)}\n".encode())
    for source in config.to_sources():
        known.update(f"{source.name}\0{source.language}\0{source.publisher}\n".encode())
    said = config.model_dump_json(include={"focus_areas", "companies"})
    known.update(said.encode("utf-8", "surrogatepass"))
    for path in own_files(config):
        known.update(path.read_bytes())
    return known.hexdigest()


def _files() -> Iterable[Path]:
    for path in _PACKAGE.rglob("*"):
        if path.suffix in _SUFFIXES and not _OTHER_PARTS.intersection(path.relative_to(_PACKAGE).parts):
            yield path
