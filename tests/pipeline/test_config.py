from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from textwrap import dedent

import pytest
import yaml
from apscheduler.triggers.cron import CronTrigger
from hypothesis import given
from hypothesis import strategies as st

from pipeline.config import Config, FetchConfig, load_config, parse_config
from pipeline.config_file import read_yaml
from pipeline.errors import ConfigError
from scrapers.http import HttpSettings
from scrapers.sources import FeedSource, FolderSource, ListingSource, SitemapSource
from storage.vocabulary import DealType

SHIPPED = Path(__file__).parents[2] / "config.yaml"


def config_of(text: str, **environment: str) -> Config:
    return parse_config(dedent(text), environment=environment)


def problems_of(text: str, **environment: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        config_of(text, **environment)
    return list(caught.value.problems)


def test_without_a_file_the_defaults_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    config = load_config()
    assert config == Config()
    assert config.storage.url == "sqlite:///dealwire.db"
    assert config.to_sources() == ()


def test_config_yaml_here_is_read_when_no_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.yaml").write_text("schedule: {poll_every: 15m}", encoding="utf-8")
    assert load_config().schedule.poll_every == timedelta(minutes=15)


@pytest.mark.parametrize("text", ["", "# nothing but a remark\n", "sources:\n  # all of them out\nstorage:\n", "{}"])
def test_empty_files_and_empty_sections_mean_the_defaults(text: str) -> None:
    assert config_of(text) == Config()


def test_every_kind_of_source_becomes_what_scrapers_know(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(
        dedent("""
        sources:
          - {name: A, url: "https://a.example/rss", language: vi, publisher: A Co, day_first: true}
          - name: B
            kind: listing
            url: https://b.example/news
            item: article.card
            title: h3
            date: time
            next_page: a.next
            max_pages: 3
          - {name: C, kind: folder, path: saved, pattern: "*.html"}
          - {name: D, kind: sitemap, url: "https://d.example/sitemap.xml", include: /news/}
          - {name: E, url: "https://e.example/rss", enabled: false}
        """),
        encoding="utf-8",
    )
    assert load_config(file).to_sources() == (
        FeedSource("A", "https://a.example/rss", "vi", "A Co", day_first=True),
        ListingSource(
            "B", "https://b.example/news", "article.card", title="h3", date="time", next_page="a.next", max_pages=3
        ),
        FolderSource("C", tmp_path / "saved", pattern="*.html"),
        SitemapSource("D", "https://d.example/sitemap.xml", include=("/news/",)),
    )


def test_relative_paths_start_from_the_folder_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("storage: {url: 'sqlite:///deals.db'}\ndigests: [{name: all, folder: out}]", encoding="utf-8")
    config = load_config(file)
    assert config.storage.url == f"sqlite:///{tmp_path.as_posix()}/deals.db"
    assert config.digests[0].folder == tmp_path / "out"


@pytest.mark.parametrize("url", ["sqlite:////var/lib/x.db", "sqlite:///:memory:", "postgresql+psycopg://u@host/db"])
def test_whole_addresses_of_databases_are_kept(tmp_path: Path, url: str) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(f"storage: {{url: '{url}'}}", encoding="utf-8")
    assert load_config(file).storage.url == url


def test_yaml_means_what_it_looks_like() -> None:
    config = config_of("""
        schedule: {time_zone: Asia/Ho_Chi_Minh}
        digests: [{name: on, at: 6:30}]
        companies: {"0123": [yes, 2026-11-05, 1:30, null-ish, .5.1]}
        sources: [{name: N, url: "https://n.example/", language: no}]
    """)
    assert config.companies == {"0123": ("yes", "2026-11-05", "1:30", "null-ish", ".5.1")}
    assert config.sources[0].language == "no"
    assert config.digests[0].name == "on"
    assert config.digests[0].crontab == "30 6 * * *"


@pytest.mark.parametrize(
    ("written", "meant"),
    [("90s", 90), ("15m", 900), ("1h", 3600), ("2h 30m", 9000), ("1.5h", 5400), ("1d", 86400), ("1w", 604800)],
)
def test_durations(written: str, meant: int) -> None:
    assert config_of(f"schedule: {{poll_every: {written}}}").schedule.poll_every == timedelta(seconds=meant)


def test_how_far_back_each_source_is_read() -> None:
    text = """
    schedule: {backfill_since: 2026-01-31}
    sources:
      - {name: a, url: https://a.example/feed}
      - {name: b, url: https://b.example/feed, backfill_since: 2w}
      - {name: c, url: https://c.example/feed, backfill_since: all}
      - {name: d, kind: folder, path: saved}
    """
    config = parse_config(dedent(text), environment={})
    assert config.backfill() == {"a": date(2026, 1, 31), "b": timedelta(days=14), "c": date.min}
    assert parse_config("", environment={}).schedule.backfill_since == timedelta(days=30)


def test_fetching_takes_its_defaults_from_scrapers() -> None:
    settings = {field.name for field in dataclasses.fields(HttpSettings)}
    assert settings | {"concurrency", "contact"} == set(FetchConfig.model_fields)
    assert FetchConfig().http_settings() == HttpSettings()
    fetch = config_of("""
        fetch:
          {max_body_bytes: 1.5 MB, host_gap_seconds: 0, allow_private: [127.0.0.1], respect_robots: no, concurrency: 2}
    """).fetch
    assert fetch.http_settings() == HttpSettings(
        max_body_bytes=1_500_000, host_gap_seconds=0, allow_private=("127.0.0.1",), respect_robots=False
    )


def test_digests_say_when_and_what() -> None:
    config = config_of("""
        focus_areas: {edge_computing: [edge computing, điện toán biên, 边缘计算]}
        sources: [{name: Nokia, url: "https://n.example/"}]
        digests:
          - {name: day}
          - {name: week, period: weekly, at: 7:05, filter: {type: licensing, focus: edge_computing, source: Nokia}}
          - {name: month, period: monthly, filter: {min_value: 1000000, currency: USD, technology: null}}
          - {name: own, schedule: "0 6 * * mon-fri", format: jsonl}
    """)
    assert [digest.crontab for digest in config.digests] == ["0 6 * * *", "5 7 * * mon", "0 6 1 * *", "0 6 * * mon-fri"]
    for digest in config.digests:
        CronTrigger.from_crontab(digest.crontab)
    week = config.digests[1].filter.query()
    assert (week.type, week.focus, week.source) == ((DealType.LICENSING,), ("edge_computing",), "Nokia")
    assert week.technology is True
    month = config.digests[2].filter.query()
    assert (month.min_value, month.technology) == (Decimal(1_000_000), None)


def test_secrets_come_from_the_environment() -> None:
    text = "storage: {url: 'postgresql+psycopg://u:${DB_PASSWORD}@${DB_HOST:-localhost}/deals'}"
    assert config_of(text, DB_PASSWORD="pa55").storage.url == "postgresql+psycopg://u:pa55@localhost/deals"
    assert "pa55" not in repr(config_of(text, DB_PASSWORD="pa55"))
    assert problems_of(text) == [
        "line 1: storage.url: the environment variable DB_PASSWORD is not set; set it and start again"
    ]
    assert config_of("companies: {A: ['$${B}', '$C']}").companies["A"] == ("${B}", "$C")
    assert "names no environment variable" in problems_of("companies: {A: ['${1}']}")[0]


def test_secrets_are_not_shown_in_messages() -> None:
    for text in ("storage: {url: '${SECRET}'}", "sources: ['${SECRET}']", "storage: ['${SECRET}']"):
        assert "hush" not in problems_of(text, SECRET="hush")[0]
    assert "hush" not in problems_of("sources: [{name: A, url: 'ftp://user:hush@a.example/'}]")[0]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("storage:\n  keep_page: true", "line 2: storage.keep_page: unknown key; did you mean keep_pages?"),
        ("sorces: []", "line 1: sorces: unknown key; did you mean sources?"),
        ("storage:\n  zzz: 1", "line 2: storage.zzz: unknown key; known: keep_pages, url"),
        ("schedule:\n  poll_every: 1:30", "line 2: schedule.poll_every: expected a duration such as 15m, 1h"),
        ("schedule: {poll_every: 30}", "line 1: schedule.poll_every: expected a duration with its unit, such as 30m"),
        ("schedule: {poll_every: 5s}", "line 1: schedule.poll_every: expected at least 1m"),
        ("schedule: {backfill_since: soon}", "schedule.backfill_since: expected a day such as 2026-01-31, a period"),
        ("schedule: {backfill_since: 30}", "schedule.backfill_since: expected a period with its unit, such as 30d"),
        ("sources: [{name: A, url: 'https://a.example/', kind: sitemap, hosts: 'b/c'}]", "name of a host"),
        ("schedule: {time_zone: Mars}", "line 1: schedule.time_zone: expected a time zone such as UTC"),
        ("storage: {url: deals.db}", "line 1: storage.url: expected a database URL such as sqlite:///dealwire.db"),
        ("storage: sqlite", "line 1: storage: expected keys with values, got 'sqlite'"),
        ("fetch:\n\n  host_gap_seconds: slow", "line 3: fetch.host_gap_seconds: expected a number, got 'slow'"),
        ("fetch: {max_body_bytes: big}", "line 1: fetch.max_body_bytes: expected a size such as 500 kB, 10 MB"),
        ("fetch: {http2: perhaps}", "line 1: fetch.http2: expected true or false, got 'perhaps'"),
        ("focus_areas: {Edge: [x]}", "line 1: focus_areas.Edge: expected a name of small letters"),
        ("focus_areas: {edge: []}", "line 1: focus_areas.edge: expected at least one entry, got []"),
        ("sources: 3", "line 1: sources: expected a list, got 3"),
        ("sources:\n- name: A", "line 2: sources[0] (A): needs 'url'"),
        ("sources:\n- url: https://a.example/", "line 2: sources[0]: needs 'name'"),
        ("sources:\n- just text", "line 2: sources[0]: expected keys with values, got 'just text'"),
        (
            "sources: [{name: A, kind: rss}]",
            "expected one of feed, listing, folder, sitemap, edgar, archive, got 'rss'",
        ),
        (
            "sources: [{name: A, url: a.example}]",
            "sources[0].url (A): expected a web address that begins with https://",
        ),
        (
            "sources: [{name: A, url: 'https://[x/'}]",
            "sources[0].url (A): expected a web address that begins with https://",
        ),
        (
            "sources: [{name: A, url: 'https://a.example/', langauge: vi}]",
            "sources[0].langauge (A): unknown key; did you mean language?",
        ),
        (
            "sources: [{name: A, url: 'https://a.example/', language: vn_VN}]",
            "sources[0].language (A): expected a language code of two small letters",
        ),
        (
            "sources: [{name: A, url: 'https://a.example/', language: false}]",
            "sources[0].language (A): expected text (put it in quotes",
        ),
        (
            "sources: [{name: A, kind: listing, url: 'https://a.example/', item: 'div['}]",
            "sources[0].item (A): expected a CSS selector: Malformed",
        ),
        (
            "sources:\n- {name: A, url: 'https://a.example/'}\n- {name: A, url: 'https://b.example/'}",
            "line 3: sources[1].name: 'A' is taken (line 2); every name may be used once",
        ),
        ("digests: [{name: a, at: 25:00}]", "digests[0].at (a): expected a time of day such as 06:30, got '25:00'"),
        ("digests: [{name: a, period: yearly}]", "(a): expected 'daily', 'weekly', 'monthly' or 'since_last'"),
        ("digests: [{name: a, schedule: '0 25 * * *'}]", "digests[0].schedule (a): expected five cron fields"),
        ("digests: [{name: a, schedule: '0 6 * * 8'}]", "'8' is no day of the week"),
        ("digests: [{name: a, schedule: hourly}]", "digests[0].schedule (a): expected five cron fields"),
        ("digests: [{name: a, filter: {focus: iott}}]", "there is no focus area 'iott'; did you mean iot?"),
        ("digests: [{name: a, filter: {source: x}}]", "there is no source 'x'"),
        ("digests: [{name: a, filter: {type: takeover}}]", "[0].filter.type (a): expected 'acquisition', 'merger'"),
        ("storage:\n  url: a\n  url: b", "line 3: storage.url: is written twice (first in line 2); keep one of them"),
        ("a: [1\nb: 2", "line 2: no valid YAML"),
        ("storage:\n\turl: x", "line 2: no valid YAML"),
        ("- 1", "line 1: expected keys with values, got [1]"),
        ("? [a]\n: b", "line 1: a key is expected to be a word"),
        ("storage: {url: !secret x}", "line 1: storage.url: the YAML tag !secret is not used here"),
        ("a: &a [*a]", "line 1: the file unfolds to too much"),
    ],
)
def test_what_is_wrong_is_said_with_line_key_and_expectation(text: str, problem: str) -> None:
    assert any(problem in told for told in problems_of(text)), problems_of(text)


def test_everything_wrong_is_said_at_once() -> None:
    told = problems_of("storage: {urll: x}\nschedule: {poll_every: x}\nsources: [{}]")
    assert [line.split(":")[0] for line in told] == ["line 1", "line 2", "line 3", "line 3"]


def test_a_thousand_aliases_do_not_fill_the_memory() -> None:
    layers = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    layers += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    assert "unfolds to too much" in problems_of("\n".join(layers))[0]


def test_tags_make_no_objects() -> None:
    assert config_of("storage: !!python/object:os.system {}").storage == Config().storage


def test_merge_keys_share_settings() -> None:
    config = config_of("""
        sources:
          - &base {name: A, url: "https://a.example/", language: vi}
          - {<<: *base, name: B}
    """)
    assert [(source.name, source.language) for source in config.sources] == [("A", "vi"), ("B", "vi")]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: None, "there is no such file; give another with --config"),
        (lambda path: path.mkdir(), "this is a folder"),
        (lambda path: path.write_bytes(b"sources:\n- name: \xff"), "not UTF-8 text (byte 17)"),
        (lambda path: path.write_bytes(b"a: \x00"), "no valid YAML"),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, make: object, said: str) -> None:
    file = tmp_path / "my.yaml"
    assert callable(make)
    make(file)
    with pytest.raises(ConfigError) as caught:
        load_config(file)
    assert str(file) in str(caught.value)
    assert said in str(caught.value)


def assert_read_or_refused_with_reasons(text: str) -> None:
    try:
        problems: tuple[str, ...] | None = None
        parse_config(text, environment={})
    except ConfigError as error:
        problems = error.problems
    assert problems is None or all(problems)
    assert problems != ()


@given(st.text())
def test_any_text_is_read_or_refused_with_reasons(text: str) -> None:
    assert_read_or_refused_with_reasons(text)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(list(Config.model_fields)), inner),
        max_leaves=10,
    )
)
def test_any_values_are_read_or_refused_with_reasons(value: object) -> None:
    assert_read_or_refused_with_reasons(yaml.safe_dump(value, allow_unicode=True))


def test_lines_lead_to_every_value() -> None:
    found = read_yaml("a:\n  b:\n    - x\n    - {c: y}\n", {})
    assert found.value == {"a": {"b": ["x", {"c": "y"}]}}
    lines = {("a",): 1, ("a", "b"): 2, ("a", "b", 0): 3, ("a", "b", 1, "c"): 4}
    assert {where: found.line(where) for where in lines} == lines


def test_the_configuration_we_ship_is_valid_and_real() -> None:
    config = load_config(SHIPPED, environment={})
    sources = config.to_sources()
    assert len(sources) >= 30
    languages = {source.language for source in sources}
    assert {"en", "vi", "zh"} <= languages
    assert all(source.url.startswith("https://") for source in sources)
    assert config.digests
