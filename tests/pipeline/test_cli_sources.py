"""``dealwire sources add``, ``export`` and ``import``: what they find, what they write, what they leave alone."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.cli.app import app
from pipeline.config import load_config
from pipeline.opml import OpmlFeed, read_opml, write_opml
from scrapers.sources import ListingSource, SitemapSource
from tests.loopback import LoopbackServer
from tests.scrapers.newsrooms import HEADLINES, UNORDERED

HEAD = "fetch: {allow_private: [127.0.0.1], host_gap_seconds: 0}  # for tests\n"


def dealwire(*arguments: str, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(app, ["sources", *arguments], input=stdin)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The configuration in the folder where the commands run."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DEALWIRE_CONFIG", raising=False)
    path = tmp_path / "config.yaml"
    path.write_text(HEAD + "sources:\n  # mine\n  - name: Taken\n    url: https://taken.example/feed  # why\n# end\n")
    return path


@pytest.fixture
def newsroom(server: LoopbackServer) -> str:
    """A site whose head names a feed of two items, and one of comments."""
    item = "<item><link>{}</link><pubDate>Tue, 03 Mar 2026 08:00:00 GMT</pubDate></item>"
    items = "".join(item.format(server.url(f"/{n}")) for n in range(2))
    for path in ("/press.xml", "/comments.xml"):
        body = f"<rss version='2.0'><channel><title>Feed {path}</title>{items}</channel></rss>"
        server.add(path, body.encode(), headers={"Content-Type": "application/rss+xml"})
    links = "".join(f"<link rel=alternate type=application/rss+xml href={p}>" for p in ("/comments.xml", "/press.xml"))
    page = f"<html><head><meta property=og:site_name content='Ridgefen: \x1b[31mnews'>{links}</head>"
    return server.add("/newsroom", page.encode(), headers={"Content-Type": "text/html"})


def test_add_writes_the_best_and_tells_all(config: Path, newsroom: str, server: LoopbackServer) -> None:
    before = config.read_text()
    result = dealwire("add", newsroom)
    assert result.exit_code == 0, result.output
    heading, added, other = (line.split("\t") for line in result.stdout.splitlines())
    assert heading[1:] == ["name", "kind", "url", "links", "newest", "where"]
    press = server.url("/press.xml")
    assert added[:1] + added[2:] == [
        "added", "feed", press, "2", "2026-03-03T08:00:00+00:00", "named in the page's head",
    ]  # fmt: skip
    assert other[0] == "also found"
    assert "added to config.yaml: Ridgefen" in result.stderr
    written = f'  - name: "Ridgefen: [31mnews"\n    url: {press}\n    publisher: "Ridgefen: [31mnews"\n'
    assert config.read_text() == before.replace("# end\n", written + "# end\n")
    assert load_config(config).sources[-1].name == "Ridgefen: [31mnews"


def test_a_page_without_a_feed_is_added_as_a_listing(config: Path, server: LoopbackServer) -> None:
    url = server.add("/newsroom", UNORDERED, headers={"Content-Type": "text/html"})
    result = dealwire("add", url)
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[1].startswith(f"added\tLarkmoor\tlisting\t{url}\t6\t2026-11-25\t")
    source = load_config(config).sources[-1].to_source()
    assert source == ListingSource(
        "Larkmoor", url, "ul.press-list > li", date="span.when", next_page="a.next", language="en", publisher="Larkmoor"
    )
    checked = dealwire("check", "Larkmoor", "--pages", "0")
    assert HEADLINES[0] in checked.stdout
    assert "is a source already: Larkmoor" in dealwire("add", url).stderr


def test_the_sitemap_of_a_site_is_added_with_its_section_of_news(config: Path, server: LoopbackServer) -> None:
    entries = "".join(f"<url><loc>/{kind}/a-page-{n}</loc></url>" for n in range(4) for kind in ("press", "shop"))
    server.add("/sitemap.xml", f"<urlset>{entries}</urlset>".encode())
    result = dealwire("add", server.add("/", b"<html lang='de-CH'>Hello", headers={"Content-Type": "text/html"}))
    assert result.exit_code == 0, result.output
    source = load_config(config).sources[-1].to_source()
    assert isinstance(source, SitemapSource)
    assert (source.include, source.language) == (("/press/",), "de")


def test_suggest_shows_what_its_selectors_catch(config: Path, server: LoopbackServer) -> None:
    before = config.read_text()
    url = server.add("/newsroom", UNORDERED, headers={"Content-Type": "text/html"})
    result = dealwire("suggest", url)
    assert result.exit_code == 0, result.output
    snippet = result.stdout.partition("published\ttitle")[0]
    assert "- name: Larkmoor\n    kind: listing\n" in snippet
    config.write_text(f"{HEAD}sources:\n{snippet}")
    assert load_config(config).sources[0].to_source() == ListingSource(
        "Larkmoor", url, "ul.press-list > li", date="span.when", next_page="a.next", language="en", publisher="Larkmoor"
    )
    config.write_text(before)
    assert all(headline in result.stdout for headline in HEADLINES)
    assert "6 links, 6 of them with a date" in result.stderr
    ways = [json.loads(line) for line in dealwire("suggest", url, "--json").stdout.splitlines()]
    assert ways[0]["item"] == "ul.press-list > li"
    assert len(ways[0]["links"]) == len(HEADLINES)
    assert dealwire("suggest", url, "--pick", "99").exit_code == 2
    nothing = dealwire("suggest", server.add("/empty", b"<p>Nothing", headers={"Content-Type": "text/html"}))
    assert nothing.exit_code == 1
    assert "repeats like headlines do" in nothing.stderr
    assert config.read_text() == before


def test_check_tells_what_is_fetched_found_and_read(config: Path, server: LoopbackServer) -> None:
    day = datetime.now(UTC).date().isoformat()
    items = "".join(
        f"<item><title>Item {n}</title><link>/{n}</link><pubDate>{when}</pubDate></item>"
        for n, when in enumerate((day, "2019-01-01", day))
    )
    server.add("/feed", status=302, headers={"Location": "/moved"})
    server.add("/moved", f"<rss version='2.0'><channel>{items}</channel></rss>".encode(), headers={"ETag": '"1"'})
    story = (
        "Ridgefen Telecom agreed to acquire Oakline Networks for 40 million dollars, both companies said today. " * 3
    )
    page = f"<title>Ridgefen Telecom buys Oakline Networks</title><p>{story}</p>"
    server.add("/0", page.encode(), headers={"Content-Type": "text/html"})
    config.write_text(f"{HEAD}sources: [{{name: Feed, url: '{server.url('/feed')}', language: en}}]\n")
    result = dealwire("check", "Feed", "--pages", "2")
    assert result.exit_code == 1  # of two pages one is gone
    lines = result.stdout.splitlines()
    assert lines[0] == f"Feed: feed at {server.url('/feed')}"
    assert f"-> {server.url('/moved')}: 200, " in lines[1]
    assert "can tell when nothing changed (ETag)" in lines[1]
    assert lines[2] == "  robots.txt allows it"
    assert lines[3] == "  3 links, 3 dated: 2 new, 1 left out"
    assert "1 of 3 links are older than" in lines[4]
    listed = [line.split("\t")[1:] for line in lines[7:10]]
    assert listed == [[state, f"Item {n}", server.url(f"/{n}")] for n, state in enumerate(("new", "left out", "new"))]
    read, gone = (line.split("\t") for line in lines[12:])
    assert read[:2] == ["Ridgefen Telecom buys Oakline Networks", "en"]
    assert read[4] == "acquisition: Ridgefen Telecom (acquirer), Oakline Networks (target)"
    assert gone[0] == "Item 2"
    assert gone[4].startswith(f"failed: {server.url('/2')}: the server answered 404")
    assert not Path("dealwire.db").exists()

    assert CliRunner().invoke(app, ["ingest"]).exit_code == 1
    told = json.loads(dealwire("check", "Feed", "--json", "--pages", "1").stdout)
    assert [link["state"] for link in told["links"]] == ["known", "left out", "known"]
    assert told["requests"][0]["url"] == server.url("/moved")
    assert told["links"][0]["deals"][0]["parties"][0] == {"name": "Ridgefen Telecom", "role": "acquirer"}


def test_check_of_an_address_looks_as_add_would(config: Path, server: LoopbackServer, tmp_path: Path) -> None:
    url = server.add("/newsroom", UNORDERED, headers={"Content-Type": "text/html"})
    result = dealwire("check", url, "--pages", "0", "--links", "2")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith(f"{url}: listing at {url}\n")
    assert HEADLINES[1] in result.stdout
    assert HEADLINES[2] not in result.stdout
    assert "4 more; --links 6 lists them all" in result.stderr
    gone = dealwire("check", server.url("/gone.xml"))
    assert gone.exit_code == 1
    assert "nothing was found" not in gone.stdout


def test_check_reads_a_folder(config: Path, tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    folder.mkdir()
    story = "Ridgefen Telecom agreed to acquire Oakline Networks for 40 million dollars, both companies said today.\n"
    (folder / "a.txt").write_text(f"Ridgefen Telecom buys Oakline Networks\n\n{story * 3}")
    config.write_text(f"sources: [{{name: Saved, kind: folder, path: '{folder}'}}]\n")
    result = dealwire("check", "Saved")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("Saved: folder at file:///")
    assert "acquisition: Ridgefen Telecom (acquirer), Oakline Networks (target)" in result.stdout


def test_dry_run_only_prints(config: Path, newsroom: str) -> None:
    before = config.read_text()
    result = dealwire("add", newsroom, "--dry-run", "--name", "Mine")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[1].startswith("would be added\tMine\tfeed\t")
    assert config.read_text() == before


def test_nothing_is_added_twice(config: Path, newsroom: str, server: LoopbackServer) -> None:
    assert dealwire("add", newsroom, "--name", "One").exit_code == 0
    asked = len(server.requests)
    again = dealwire("add", server.url("/press.xml#top"))
    assert (again.exit_code, again.stdout) == (0, "")
    assert "is a source already: One" in again.stderr
    assert len(server.requests) == asked
    assert dealwire("add", newsroom, "--name", "Two").stdout.splitlines()[1].startswith("a source already\tOne\t")
    third = dealwire("add", newsroom)
    assert third.exit_code == 0
    assert "nothing to add" in third.stderr
    assert [source.name for source in load_config(config).sources] == ["Taken", "One", "Two"]


def test_without_a_configuration_one_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, newsroom: str, server: LoopbackServer
) -> None:
    monkeypatch.chdir(tmp_path)
    assert dealwire("import", "-", stdin=write_opml([OpmlFeed("A", "https://a.example/feed")]).encode()).exit_code == 0
    assert (tmp_path / "config.yaml").read_text() == "sources:\n  - name: A\n    url: https://a.example/feed\n"


def test_where_there_is_nothing_the_exit_code_says_so(config: Path, server: LoopbackServer) -> None:
    before = config.read_text()
    result = dealwire("add", server.add("/", b"<html>Nothing", headers={"Content-Type": "text/html"}))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "no feed, no news sitemap and no list of headlines was found" in result.stderr
    assert "tried: " in result.stderr
    refused = dealwire("add", "http://10.0.0.1/feed")
    assert refused.exit_code == 1
    assert "allow_private" in refused.stderr
    assert config.read_text() == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["add"], "Missing argument"),
        (["add", "https://x.example/", "--name", "Taken"], "there is a source called 'Taken' already"),
        (["add", "https://x.example/", "--name", " "], "not empty"),
        (["import", "nowhere.opml"], "No such file"),
        (["export", "--config", "nowhere.yaml"], "there is no such file"),
    ],
)
def test_wrong_use(config: Path, arguments: list[str], said: str) -> None:
    result = dealwire(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_broken_configuration_is_told_before_anyone_is_asked(
    config: Path, newsroom: str, server: LoopbackServer
) -> None:
    config.write_text("sorces: []\n")
    assert dealwire("add", newsroom).exit_code == 2
    assert not server.requests
    assert config.read_text() == "sorces: []\n"


def test_a_layout_that_cannot_be_added_to_is_left_as_it_is(config: Path, newsroom: str) -> None:
    text = "{fetch: {allow_private: [127.0.0.1], host_gap_seconds: 0}, sources: []}\n"
    config.write_text(text)
    result = dealwire("add", newsroom, "--name", "Mine")
    assert result.exit_code == 2
    assert "add this yourself:\n    - name: Mine\n      url: http://127.0.0.1" in result.stderr
    assert config.read_text() == text


def test_export_and_import_carry_the_feeds_over(config: Path, tmp_path: Path) -> None:
    config.write_text(
        config.read_text()
        + "  - {name: '越南 & <bạn>', url: 'https://b.example/rss?a=1&b=2', language: vi}\n"
        + "  - {name: Off, url: 'https://c.example/', enabled: false}\n"
        + "  - {name: Map, kind: sitemap, url: 'https://d.example/map.xml'}\n",
        encoding="utf-8",
    )
    piped = dealwire("export")
    assert piped.exit_code == 0
    assert "2 sources are not in it" in piped.stderr
    feeds = read_opml(piped.stdout_bytes)
    assert [feed.name for feed in feeds] == ["Taken", "越南 & <bạn>"]
    assert dealwire("export", "feeds.opml").exit_code == 0
    assert (tmp_path / "feeds.opml").read_bytes() == piped.stdout_bytes

    other = tmp_path / "other.yaml"
    other.write_text("# other\n")
    result = dealwire("import", "feeds.opml", "--config", str(other))
    assert result.exit_code == 0, result.output
    assert "2 feeds read: 2 added" in result.stderr
    assert [(s.name, s.language) for s in load_config(other).sources] == [("Taken", None), ("越南 & <bạn>", "vi")]
    assert other.read_text(encoding="utf-8").startswith("# other\n")
    text = other.read_bytes()
    again = dealwire("import", "feeds.opml", "--config", str(other))
    assert (again.exit_code, other.read_bytes()) == (0, text)
    assert "0 added, 2 known already" in again.stderr


def test_import_keeps_what_is_good_and_tells_the_rest(config: Path) -> None:
    feeds = [
        OpmlFeed("Taken", "https://new.example/feed"),
        OpmlFeed("", "https://unnamed.example/feed"),
        OpmlFeed("Twice", "https://NEW.example/feed#x"),
        OpmlFeed("Bad", "javascript:alert(1)"),
        OpmlFeed("Worse", "https://a b/feed"),
    ]
    before = config.read_text()
    dry = dealwire("import", "-", "--dry-run", stdin=write_opml(feeds).encode())
    assert dry.exit_code == 1
    assert config.read_text() == before
    result = dealwire("import", "-", stdin=write_opml(feeds).encode())
    assert result.exit_code == 1
    assert result.stdout == dry.stdout
    assert "5 feeds read: 2 added, 1 known already, 2 unusable" in result.stderr
    assert "Bad (javascript:alert(1))" in result.stderr
    assert [source.name for source in load_config(config).sources] == ["Taken", "Taken (2)", "unnamed.example"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'<!DOCTYPE opml [<!ENTITY a "b">]><opml/>', "document type"),
        (b"not xml", "cannot be read"),
        (b"<opml><body/></opml>", "0 feeds read"),
    ],
)
def test_what_is_no_list_is_refused(config: Path, body: bytes, said: str) -> None:
    before = config.read_text()
    result = dealwire("import", "-", stdin=body)
    assert result.exit_code == 1
    assert said in result.stderr
    assert config.read_text() == before
