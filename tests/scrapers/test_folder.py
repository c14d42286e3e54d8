"""Folders of saved documents."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from scrapers.errors import FolderError, TooLarge
from scrapers.folder import list_folder, read_file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "saved pages"
    (root / "sub").mkdir(parents=True)
    (root / "b.html").write_bytes(b"<p>b</p>")
    (root / "tin tức.TXT").write_bytes(b"tin")
    (root / "sub" / "c.htm.gz").write_bytes(gzip.compress(b"<p>c</p>"))
    (root / "picture.png").write_bytes(b"png")
    (root / ".hidden.html").write_bytes(b"no")
    (tmp_path / "secret.html").write_bytes(b"secret")
    (root / "way-out.html").symlink_to(tmp_path / "secret.html")
    return root


def test_documents_are_listed_by_name(folder: Path) -> None:
    listing = list_folder(folder, "**/*")
    assert [link.url.rpartition("/")[2] for link in listing.links] == ["b.html", "c.htm.gz", "tin%20t%E1%BB%A9c.TXT"]
    assert all(link.url.startswith("file:///") for link in listing.links)
    assert listing.notes == ("2 files were left out: no HTML or text, or links out of the folder",)


def test_what_is_listed_can_be_read(folder: Path) -> None:
    read = [read_file(link.url, folder, max_bytes=100) for link in list_folder(folder, "**/*").links]
    assert read == [(b"<p>b</p>", "text/html"), (b"<p>c</p>", "text/html"), (b"tin", "text/plain")]


def test_the_state_follows_the_files(folder: Path) -> None:
    before = list_folder(folder, "**/*").state
    assert list_folder(folder, "**/*").state == before
    (folder / "b.html").write_bytes(b"<p>more</p>")
    after = list_folder(folder, "**/*").state
    (folder / "d.txt").write_bytes(b"new")
    assert len({before, after, list_folder(folder, "**/*").state}) == 3


def test_a_pattern_that_matches_nothing_is_noted(folder: Path) -> None:
    assert list_folder(folder, "*.xhtml").notes == ("no document matches '*.xhtml'",)


def test_folders_that_cannot_be_listed(folder: Path) -> None:
    with pytest.raises(FolderError, match="there is no such folder"):
        list_folder(folder / "missing", "**/*")
    with pytest.raises(FolderError, match="this is a file, not a folder"):
        list_folder(folder / "b.html", "**/*")
    with pytest.raises(FolderError, match="the pattern '/etc/\\*' cannot be used"):
        list_folder(folder, "/etc/*")


def test_nothing_outside_is_read(folder: Path) -> None:
    for url in (
        (folder.parent / "secret.html").as_uri(),
        (folder / "way-out.html").as_uri(),
        f"{folder.as_uri()}/../secret.html",
        f"{folder.as_uri()}/%2e%2e/secret.html",
        f"{folder.as_uri()} 2/x.html",
    ):
        with pytest.raises(FolderError, match="it lies outside the folder"):
            read_file(url, folder, max_bytes=100)
    for url in ("http://news.example/x", "file://server/share/x.html"):
        with pytest.raises(FolderError, match="no file of this computer"):
            read_file(url, folder, max_bytes=100)


def test_files_that_cannot_be_read(folder: Path) -> None:
    with pytest.raises(FolderError, match="No such file"):
        read_file((folder / "gone.html").as_uri(), folder, max_bytes=100)
    with pytest.raises(FolderError, match="Is a directory"):
        read_file((folder / "sub").as_uri(), folder, max_bytes=100)
    with pytest.raises(FolderError, match="null"):
        read_file(f"{folder.as_uri()}/%00", folder, max_bytes=100)
    (folder / "broken.html.gz").write_bytes(b"\x1f\x8bnonsense")
    with pytest.raises(FolderError, match="broken gzip"):
        read_file((folder / "broken.html.gz").as_uri(), folder, max_bytes=100)


def test_files_beyond_the_cap(folder: Path) -> None:
    with pytest.raises(TooLarge, match="more than 5 bytes"):
        read_file((folder / "b.html").as_uri(), folder, max_bytes=5)
    (folder / "bomb.html.gz").write_bytes(gzip.compress(b"\0" * 10_000_000))
    with pytest.raises(TooLarge, match=r"more than 20,000 bytes"):
        read_file((folder / "bomb.html.gz").as_uri(), folder, max_bytes=20_000)
