"""``dealwire companies``: what an import brings, what it leaves alone, and who is found afterwards."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.cli.app import app
from pipeline.cli.common import Settings, names_of
from pipeline.company_names import Kind, kind_of, readable, short_names
from pipeline.extraction.lexicon import fold
from pipeline.extraction.organisations import Directory, Entry, with_aliases

CSV = """\
Name,aliases,country,tickers,areas,parent,kind,notes
Vorlan Optik GmbH,沃兰; Vorlan,DE,VOR,semiconductors; ar_vr,,company,ours
Ridgefen Group,,GB,,,Vorlan Optik,,
"""
SEC = {
    "0": {"cik_str": 1045810, "ticker": "NVDA", "title": "NVIDIA CORP"},
    "1": {"cik_str": 1, "ticker": "QVRA", "title": "QUAVERLY HOLDINGS, INC."},
    "2": {"cik_str": 1, "ticker": "QVRB", "title": "QUAVERLY HOLDINGS, INC."},
    "3": {"cik_str": 2, "ticker": "LNTN", "title": "LANTERN CORP /DE/"},
    "4": {"cik_str": 3, "ticker": "LNTX", "title": "Lantern Inc."},
    "5": {"cik_str": 4, "ticker": "OSLO", "title": "OSLO INC"},
    "6": {"cik_str": 5, "ticker": "BAD"},
}


def dealwire(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(app, ["companies", *arguments], input=stdin)


def rows(result: Result) -> list[list[str]]:
    return [line.split("\t") for line in result.stdout.splitlines()[1:]]


def found_in(text: str, names: Directory) -> list[tuple[str, bool]]:
    hits = names.find(text, fold(text))
    return [(hit.organisation.name, hit.organisation.common_word) for hit in hits]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder where the commands run, with a configuration."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DEALWIRE_CONFIG", raising=False)
    (tmp_path / "config.yaml").write_text("companies:\n  Tessary: [Tessary Labs]\n", encoding="utf-8")
    return tmp_path


def names(folder: Path) -> Directory:
    return names_of(Settings(folder / "config.yaml", None))


def test_a_csv_makes_organisations_findable(folder: Path) -> None:
    result = dealwire("import", "-", stdin=CSV)
    assert result.exit_code == 0, result.output
    assert "ignored columns: notes" in result.stderr
    assert "2 new, 0 updated, 0 known ones with more names, 0 known already, 0 left out" in result.stderr
    assert [row[:2] for row in rows(result)] == [["new", "Vorlan Optik GmbH"], ["new", "Ridgefen Group"]]
    known = names(folder)
    for name in ("Vorlan Optik GmbH", "Vorlan Optik", "vorlan", "沃兰"):
        assert known.canonical(name) == "Vorlan Optik GmbH", name
    vorlan, ridgefen = known.get("Vorlan"), known.get("Ridgefen")
    assert vorlan is not None
    assert (vorlan.country, vorlan.areas) == ("DE", ("semiconductors", "ar_vr"))
    assert ridgefen is not None
    assert ridgefen.parent == "Vorlan Optik GmbH"
    assert found_in("Tessary Labs and Vorlan Optik GmbH met 沃兰", known) == [
        ("Tessary", False), ("Vorlan Optik GmbH", False), ("Vorlan Optik GmbH", False),
    ]  # fmt: skip


def test_importing_again_updates_and_never_doubles(folder: Path) -> None:
    file = folder / "companies.yaml"
    dealwire("import", "-", stdin=CSV)
    first = file.read_text(encoding="utf-8")
    again = dealwire("import", "-", stdin=CSV)
    assert "0 new, 0 updated, 0 known ones with more names, 2 known already" in again.stderr
    assert file.read_text(encoding="utf-8") == first
    more = dealwire("import", "-", stdin='name;country;aliases\nVORLAN OPTIK;AT;"Vorlan Lab; Vorlan"\n')
    assert rows(more)[0][:4] == ["updated", "Vorlan Optik GmbH", "AT", "Vorlan Lab"]
    assert names(folder).canonical("Vorlan Lab") == "Vorlan Optik GmbH"
    assert len(file.read_text(encoding="utf-8").splitlines()) == len(first.splitlines())


def test_what_is_written_by_hand_stays(folder: Path) -> None:
    file = folder / "companies.yaml"
    by_hand = (
        "# mine\n- name: Vorlan Optik GmbH  # the one in Jena\n  aliases: [Vorlan]\n  country: NO\n\n"
        "# others\n- {name: Pelwick}\n"
    )
    file.write_text(by_hand, encoding="utf-8")
    assert dealwire("import", "-", stdin="name,aliases\nNorthmarsh AG,\nPelwick,ペルウィック\n").exit_code == 0
    text = file.read_text(encoding="utf-8")
    head, tail = by_hand.split("- {name: Pelwick}\n")
    assert text.startswith(head + '- {"name": "Pelwick", "aliases": ["ペルウィック"]}\n' + tail)
    known = names(folder)
    assert (known.canonical("ペルウィック"), known.canonical("Northmarsh")) == ("Pelwick", "Northmarsh AG")
    vorlan = known.get("Vorlan")
    assert vorlan is not None
    assert vorlan.country == "NO"


def test_a_known_organisation_only_gets_further_names(folder: Path) -> None:
    table = "name,aliases,country\nNokia Oyj,Nokia Lab Nord;诺基亚,SE\nTessary Inc,Tesary,\n"
    result = dealwire("import", "-", stdin=table)
    assert [row[:4] for row in rows(result)] == [
        ["more names", "Nokia", "", "Nokia Lab Nord"], ["more names", "Tessary", "", "Tesary"],
    ]  # fmt: skip
    assert "line 2: Nokia stays a company of FI (built in)" in result.stderr
    known = names(folder)
    lab = known.get("Nokia Lab Nord")
    assert lab == known.get("Nokia")
    assert lab is not None
    assert lab.country == "FI"


def test_a_name_of_two_organisations_stays_with_the_first(folder: Path) -> None:
    result = dealwire("import", "-", stdin="name,aliases\nPelwick,Nokia;Pelwick Labs\nFennholt,Pelwick Labs\n")
    assert result.exit_code == 0
    assert "line 2: 'Nokia' stays a name of Nokia (built in)" in result.stderr
    assert "line 3: 'Pelwick Labs' stays a name of Pelwick" in result.stderr
    known = names(folder)
    assert [known.canonical(name) for name in ("Nokia", "Pelwick Labs", "Fennholt")] == ["Nokia", "Pelwick", "Fennholt"]


def test_a_bad_row_costs_only_itself(folder: Path) -> None:
    table = (
        "name,country,areas,kind\nPelwick,GB,,\n,DE,,\nFennholt,Narnia,,\nA,B,C,D,E,F\nLumbrae,,iott,\n"
        'Astrakel,,,club\n"Open,,,\n---,,,\nNorthmarsh,de,IoT,Fund\n'
    )
    result = dealwire("import", "-", stdin=table)
    assert result.exit_code == 1
    assert [row[1] for row in rows(result)] == ["Pelwick", "Northmarsh"]
    for said in (
        "line 3: it has no name", "line 4: 'Narnia' is no country", "line 5: 6 cells stand under 4 columns",
        "line 6: there is no focus area 'iott'; did you mean iot?", "line 7: 'club' is no kind",
        "line 8: a quote is opened and never closed", "line 9: '---' is no name", "2 new", "7 left out",
    ):  # fmt: skip
        assert said in result.stderr, said
    northmarsh = names(folder).get("Northmarsh")
    assert northmarsh is not None
    assert (northmarsh.country, northmarsh.areas, northmarsh.kind) == ("DE", ("iot",), "fund")


@pytest.mark.parametrize("exchange", [False, True])
def test_the_list_of_the_sec(folder: Path, exchange: bool) -> None:
    body: object = SEC
    if exchange:
        data = [[e.get("cik_str"), e.get("title"), e.get("ticker"), "NYSE"] for e in SEC.values()]
        body = {"fields": ["cik", "name", "ticker", "exchange"], "data": data}
    result = dealwire("import", "-", stdin=json.dumps(body))
    assert result.exit_code == 1  # the entry without a title
    assert "it has no title" in result.stderr
    assert [(row[1], row[3], row[4], bool(row[5])) for row in rows(result)] == [
        ("Quaverly Holdings", "Quaverly", "QVRA, QVRB", False),
        ("Lantern", "", "LNTN", True),  # an ordinary word
        ("Lantern Inc.", "", "LNTX", False),  # another company: only by its full name
        ("Oslo Inc", "", "OSLO", False),  # a place without its legal form
    ]
    assert "LNTX: 'Lantern' stays a name of Lantern" in result.stderr
    assert "1 known already, 1 left out" in result.stderr
    again = dealwire("import", "-", stdin=json.dumps(body))
    assert rows(again) == []
    assert "5 known already" in again.stderr
    known = names(folder)
    assert found_in("Oslo and Lantern met Oslo Inc. and Fairholm Lantern", known) == [
        ("Lantern", True), ("Oslo Inc", False),
    ]  # fmt: skip


def test_dry_run_only_shows(folder: Path) -> None:
    result = dealwire("import", "-", "--dry-run", stdin=CSV)
    assert result.exit_code == 0
    assert rows(result)[0][1] == "Vorlan Optik GmbH"
    assert "would be " in result.stderr
    assert not (folder / "companies.yaml").exists()


def test_files_of_the_configuration(folder: Path) -> None:
    config = folder / "config.yaml"
    config.write_text("company_files: [own.yaml, shared.yaml]\n")
    (folder / "shared.yaml").write_text("- {name: Pelwick, aliases: Pelwick Labs}\n")
    missing = dealwire("list", "pelwick")
    assert missing.exit_code == 2
    assert "own.yaml" in missing.stderr
    assert dealwire("import", "-", stdin=CSV).exit_code == 0
    assert (folder / "own.yaml").exists()
    assert rows(dealwire("list", "pelwick labs"))[0][0] == "Pelwick"
    config.write_text("company_files: []\n")
    refused = dealwire("import", "-", stdin=CSV)
    assert refused.exit_code == 2
    assert "company_files is empty" in refused.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- {name: A}\n- {name: a}\n", "line 2: 'a' is written twice (first in line 1)"),
        ("- {name: Acme, alias: [B]}\n", "line 1: unknown key 'alias'; did you mean aliases?"),
        ("- {country: DE}\n", "line 1: needs 'name'"),
        ("- {name: Acme, areas: [iott]}\n", "there is no focus area 'iott'; did you mean iot?"),
        ("name: Acme\n", "expected a list of organisations"),
        ("- {name: Acme\n", "no valid YAML"),
        ("- Acme\n", "line 1: expected an organisation"),
    ],
)
def test_a_broken_file_is_named_with_its_line_and_left_alone(folder: Path, text: str, said: str) -> None:
    file = folder / "companies.yaml"
    file.write_text(text)
    for arguments in (["list"], ["import", "-"]):
        result = dealwire(*arguments, stdin=CSV)
        assert result.exit_code == 2
        assert said in result.stderr
    assert file.read_text() == text


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("", "it is empty"),
        ("company,country\nVorlan,DE\n", "'name' among them"),
        ("name,name\nVorlan,DE\n", "two columns are called 'name'"),
        ('{"a": 1}', "JSON of another kind"),
        ('{"0": {', "cannot be read"),
    ],
)
def test_what_is_no_list_is_refused(folder: Path, body: str, said: str) -> None:
    result = dealwire("import", "-", stdin=body)
    assert result.exit_code == 1
    assert said in result.stderr
    assert not (folder / "companies.yaml").exists()


def test_the_format_can_be_said(folder: Path) -> None:
    assert dealwire("import", "-", "--format", "csv", stdin="{name\n").exit_code == 1
    assert dealwire("import", "-", "--format", "csv", stdin="name\n{Vorlan}\n").exit_code == 0


def test_list_finds_by_any_name_and_says_where_it_is_from(folder: Path) -> None:
    dealwire("import", "-", stdin="name,aliases\nNokia,Nokia Lab Nord\n")
    found = rows(dealwire("list", "诺基亚"))
    assert (found[0][0], found[0][1]) == ("Nokia", "FI")
    assert "Nokia Lab Nord" in found[0][4]
    assert found[0][6] == "built in, companies.yaml"
    shown = dealwire("list", "Tessary", "--json")
    assert json.loads(shown.stdout)["from"] == ["config.yaml"]
    assert rows(dealwire("list", "NVDA"))[0][0].upper() == "NVIDIA"
    assert len(rows(dealwire("list", "a", "--limit", "3"))) == 3
    assert len(rows(dealwire("list"))) > 5000
    nobody = dealwire("list", "Nobody Knows This")
    assert (nobody.exit_code, rows(nobody)) == (0, [])
    assert "nobody is known" in nobody.stderr


@pytest.mark.parametrize(
    ("title", "expected", "short"),
    [
        ("LAM RESEARCH CORP", "LAM Research Corp", ["LAM Research"]),
        ("AMAZON COM INC", "Amazon.com Inc", ["Amazon.com"]),
        ("WELLS FARGO & COMPANY/MN", "Wells Fargo & Company", ["Wells Fargo"]),
        ("VERTEX PHARMACEUTICALS INC / MA", "Vertex Pharmaceuticals Inc", ["Vertex Pharmaceuticals"]),
        ("TJX COMPANIES INC /DE/", "TJX Companies Inc", ["TJX Companies"]),
        ("BANK OF NEW YORK MELLON CORP", "Bank of New York Mellon Corp", ["Bank of New York Mellon"]),
        ("O REILLY AUTOMOTIVE INC", "O'Reilly Automotive Inc", ["O'Reilly Automotive"]),
        ("AbbVie Inc.", "AbbVie Inc.", ["AbbVie"]),
        ("Affirm Holdings, Inc.", "Affirm Holdings, Inc.", ["Affirm Holdings", "Affirm"]),
        ("Universal Group Inc", "Universal Group Inc", ["Universal Group"]),
        ("QUANTUM COMPUTING INC.", "Quantum Computing Inc.", []),
        ("C Inc", "C Inc", []),
    ],
)
def test_titles_become_names_that_news_use(title: str, expected: str, short: Sequence[str]) -> None:
    assert readable(title) == expected
    assert short_names(expected) == short


def test_kinds_of_names() -> None:
    assert {kind_of(name) for name in ("Target", "Gap", "Block", "Visa", "KLA")} == {Kind.ORDINARY}
    assert {kind_of(name) for name in ("Vorlan", "Target Corp", "沃兰")} == {Kind.TELLING}
    assert {kind_of(name) for name in ("Vietnam", "David", "Digital", "May")} == {Kind.USELESS}


def test_common_words_are_the_shortest_names_only() -> None:
    known = with_aliases({}, [Entry(name="Quorble Holdings", aliases=("Lantern",), common_word=True)])
    text = "Quorble Holdings met Lantern"
    found = {hit.alias: hit.organisation.common_word for hit in known.find(text, fold(text))}
    assert found == {"Quorble Holdings": False, "Lantern": True}
