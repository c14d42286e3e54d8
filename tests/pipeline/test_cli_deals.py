"""``dealwire deals``: what the conditions find, page by page, and what is counted."""

from __future__ import annotations

import csv
import json
from datetime import date, timedelta
from io import StringIO

import pytest
from click.testing import CliRunner, Result

from pipeline.cli.app import app
from storage.database import open_database
from storage.records import Party
from storage.vocabulary import DealType, Role, Status
from tests.storage.builders import add_deal, make_report

DAY = date(2026, 11, 5)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A history of five deals."""
    address = f"sqlite:///{tmp_path_factory.mktemp('history') / 'dealwire.db'}"
    told = [
        ("Aquila", "Borealis", DealType.ACQUISITION, "Aquila buys Borealis", "ai"),
        ("Aquila", "小米科技", DealType.LICENSING, "小米科技与Aquila签署许可协议", "ai"),
        ("Kestrel", "Borealis", DealType.SUPPLY, "Kestrel ký thỏa thuận", "iot"),
        ("Aquila", "Borealis", DealType.SUPPLY, "=Aquila supplies", "cloud"),
        ("Aquila", "Kestrel", DealType.LICENSING, "Aquila licenses", "cloud"),
    ]
    with open_database(address) as database, database.session() as session:
        for number, (first, other, kind, headline, area) in enumerate(told):
            report = make_report(
                type=kind,
                parties=(Party(first, Role.ACQUIRER), Party(other, Role.TARGET)),
                headline=headline,
                focus=(area,),
                status=Status.COMPLETED if number == 2 else Status.ANNOUNCED,
                announced_on=DAY - timedelta(days=20 * number),
            )
            add_deal(session, f"https://wire.example/{number}", report, title=headline)
    return address


def dealwire(url: str, *arguments: str) -> Result:
    result = CliRunner().invoke(app, ["deals", "--database", url, *arguments])
    assert result.exit_code == 0, result.output
    return result


def ids(result: Result) -> list[int]:
    return [int(line.split("\t")[0]) for line in result.stdout.splitlines()[1:]]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--party", "aquila", "--and-party", "BOREALIS"], [1, 4]),
        (["--type", "licensing", "--type", "acquisition"], [1, 2, 5]),
        (["--focus", "ai", "--focus", "iot", "--status", "completed"], [3]),
        (["--role", "target"], [1, 2, 3, 4, 5]),
        (["--party", "borealis", "--role", "acquirer"], []),
        (["--text", "小米"], [2]),
        (["--text", "thoa thuan"], [3]),
        (["--text", 'suppl -"ky thoa"'], [4]),
        (["--value-kind", "total", "--until", "2026-09-30"], [3, 4, 5]),
        (["--value-kind", "per_share"], []),
        (["--updated-since", "2026-11-06"], []),
    ],
)
def test_conditions_add_up_and_of_several_values_any_will_do(
    url: str, arguments: list[str], expected: list[int]
) -> None:
    assert ids(dealwire(url, *arguments)) == expected


def test_each_page_names_the_next(url: str) -> None:
    seen: list[int] = []
    arguments = ["--limit", "2"]
    while True:
        result = dealwire(url, *arguments)
        seen += ids(result)
        _, found, cursor = result.stderr.partition("next page: --after '")
        if not found:
            break
        arguments = ["--limit", "2", "--after", cursor.split("'")[0]]
        assert len(seen) < 9
    assert seen == [1, 2, 3, 4, 5]


def test_a_company_that_nobody_told_of_is_named_with_those_near_it(url: str) -> None:
    result = dealwire(url, "--party", "Borelais")
    assert ids(result) == []
    assert "no company of the history is called 'Borelais'; did you mean Borealis?" in result.stderr
    assert "no company of the history is called 'Qqq'\n" in dealwire(url, "--party", "Qqq").stderr


def test_deals_are_counted_as_a_table_json_and_csv(url: str) -> None:
    assert dealwire(url, "--count-by", "month").stdout.splitlines() == [
        "month\tdeals",
        "2026-08\t1",
        "2026-09\t2",
        "2026-10\t1",
        "2026-11\t1",
    ]
    lines = dealwire(url, "--count-by", "type", "--party", "aquila", "--json").stdout.splitlines()
    assert [json.loads(line) for line in lines] == [
        {"type": "licensing", "deals": 2},
        {"type": "acquisition", "deals": 1},
        {"type": "supply", "deals": 1},
    ]
    written = dealwire(url, "--count-by", "company_pair", "--csv", "--limit", "1").stdout
    assert list(csv.reader(StringIO(written))) == [["company", "other_company", "deals"], ["Aquila", "Borealis", "2"]]
