from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from pipeline import standing
from pipeline.standing import WEIGHTS, Standing, standing_of
from tests.pipeline.test_resolution import at, told


@pytest.mark.parametrize(
    ("url", "parties", "publisher", "expected"),
    [
        ("https://www.sec.gov/Archives/edgar/data/1/2.txt", "partner Sec, partner Acme", None, Standing.FILING),
        ("https://news.acme-labs.co.jp/2026/1", "partner Acme Labs, partner Oakline", None, Standing.PARTY),
        ("https://acmelabs.example/1", "partner Acme Labs Inc., partner Oakline", None, Standing.PARTY),
        ("https://shop.example/1", "partner 阿克梅=Acme, partner Oakline", "ACME Corp.", Standing.PARTY),
        ("https://acme.example/1", "partner 阿克梅=Acme, partner Oakline", None, Standing.PARTY),
        ("https://www.businesswire.com/news/1", "partner Acme, partner Oakline", "Acme", Standing.NEWSWIRE),
        ("https://acme.medium.com/we-did-it", "partner Acme, partner Oakline", None, Standing.BLOG),
        ("https://daily.example/acme", "partner Acme, partner Oakline", "The Daily", Standing.NEWS),
        ("https://notmedium.com/acme", "partner Acme, partner Oakline", None, Standing.NEWS),
        ("file:///saved/acme.html", "partner Acme, partner Oakline", None, Standing.NEWS),
        ("https://[broken", "partner Acme, partner Oakline", None, Standing.NEWS),
    ],
)
def test_who_is_speaking(url: str, parties: str, publisher: str | None, expected: Standing) -> None:
    assert standing_of(at(told(parties, publisher=publisher), url)) is expected


def test_whoever_stands_higher_counts_more() -> None:
    assert [WEIGHTS[one] for one in Standing] == sorted({WEIGHTS[one] for one in Standing})


def test_the_table_names_each_host_once_and_plainly() -> None:
    table = yaml.safe_load(Path(standing.__file__).with_name("standing.yaml").read_text("utf-8"))
    hosts = [host for hosts in table.values() for host in hosts]
    assert len(hosts) == len(set(hosts))
    assert all(host == host.lower().strip("./") and "/" not in host for host in hosts)
