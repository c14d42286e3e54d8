"""German news in our own words, with invented companies: what must come out, and what is no deal."""

from __future__ import annotations

import pytest

from pipeline.extraction import extract
from storage.records import Article, Report


def read(title: str, body: str) -> tuple[Report, ...]:
    return extract(Article(title, f"{title}\n\n{body}", "de"))


DEALS = [
    (
        "Kandovia übernimmt den Softwarehersteller Pirelto",
        "Der Technologiekonzern Kandovia AG übernimmt die Pirelto GmbH für 80 Millionen Euro.",
        "acquisition",
        "Kandovia:acquirer; Pirelto:target",
    ),
    (
        "Kandovia hat Pirelto gekauft",
        "Wie am Montag bekannt wurde, hat Kandovia den Chipentwickler Pirelto gekauft. Der Preis blieb geheim.",
        "acquisition",
        "Kandovia:acquirer; Pirelto:target",
    ),
    (
        "Pirelto wird von Kandovia übernommen",
        "Der Hersteller Pirelto wird von der Kandovia AG übernommen, teilten beide Unternehmen mit.",
        "acquisition",
        "Kandovia:acquirer; Pirelto:target",
    ),
    (
        "Damit kauft Kandovia den Anbieter Pirelto",
        "Mit dem Vertrag vom Freitag kauft Kandovia den Cloud-Anbieter Pirelto.",
        "acquisition",
        "Kandovia:acquirer; Pirelto:target",
    ),
    (
        "Übernahme von Pirelto durch Kandovia perfekt",
        "Die Übernahme der Pirelto GmbH durch die Kandovia AG ist abgeschlossen.",
        "acquisition",
        "Kandovia:acquirer; Pirelto:target",
    ),
    (
        "Morvanta verkauft Tochter Zelbrino an Kandovia",
        "Morvanta verkauft die Zelbrino GmbH an Kandovia. Der Kaufpreis beträgt 12 Mio. Euro.",
        "acquisition",
        "Morvanta:seller; Zelbrino:target; Kandovia:acquirer",
    ),
    (
        "Kandovia kauft Patente von Morvanta",
        "Kandovia kauft von Morvanta ein Patentportfolio zur Funktechnik.",
        "asset_purchase",
        "Kandovia:acquirer; Morvanta:seller",
    ),
    (
        "Kandovia und Morvanta fusionieren",
        "Die Softwarehäuser Kandovia und Morvanta haben ihre Fusion beschlossen.",
        "merger",
        "Kandovia:partner; Morvanta:partner",
    ),
    (
        "Kandovia steigt bei Zelbrino ein",
        "Der Investor Kandovia beteiligt sich mit 20 Prozent an der Zelbrino GmbH.",
        "investment",
        "Kandovia:investor; Zelbrino:investee",
    ),
    (
        "Zelbrino sammelt 15 Millionen Euro ein",
        (
            "Das Start-up Zelbrino hat eine Finanzierungsrunde über 15 Millionen Euro abgeschlossen. Angeführt "
            "wird sie von Quorvex Ventures."
        ),
        "investment",
        "Zelbrino:investee; Quorvex Ventures:investor",
    ),
    (
        "Kandovia und Morvanta gründen Gemeinschaftsunternehmen",
        "Der Autobauer Kandovia und der Batteriehersteller Morvanta gründen ein Gemeinschaftsunternehmen für Akkus.",
        "joint_venture",
        "Kandovia:partner; Morvanta:partner",
    ),
    (
        "Kandovia kooperiert mit Morvanta",
        "Kandovia und Morvanta haben eine strategische Partnerschaft für das Internet der Dinge vereinbart.",
        "partnership",
        "Kandovia:partner; Morvanta:partner",
    ),
    (
        "Kandovia und Morvanta schließen Kreuzlizenzvertrag",
        "Kandovia und Morvanta haben ein Kreuzlizenzabkommen über ihre Mobilfunkpatente geschlossen.",
        "cross_licensing",
        "Kandovia:partner; Morvanta:partner",
    ),
    (
        "Kandovia und Morvanta legen Patentstreit bei",
        "Kandovia und Morvanta haben ihren Rechtsstreit beigelegt und ziehen alle Klagen zurück.",
        "settlement",
        "Kandovia:party; Morvanta:party",
    ),
    (
        "Morvanta bestellt Batterien bei Kandovia",
        (
            "Der Bushersteller Morvanta hat bei Kandovia Batterien bestellt. Kandovia erhält damit von Morvanta "
            "einen Auftrag über 40 Millionen Euro."
        ),
        "supply",
        "Kandovia:supplier; Morvanta:customer",
    ),
]

NO_DEALS = [
    (
        "Kandovia steigert den Umsatz im dritten Quartal",
        "Kandovia hat im dritten Quartal 80 Millionen Euro umgesetzt, der Gewinn stieg um vier Prozent.",
    ),
    (
        "Kandovia hat eine neue Finanzchefin",
        "Anja Terlinden wird Finanzchefin von Kandovia. Sie kommt von Morvanta.",
    ),
    (
        "Kandovia dementiert Verkauf von Zelbrino",
        (
            "Kandovia hat Gerüchte über einen Verkauf der Tochter Zelbrino zurückgewiesen. Daran ist nichts, "
            "sagte ein Sprecher."
        ),
    ),
    (
        "Morvanta verklagt Kandovia wegen Patentverletzung",
        "Morvanta hat vor dem Landgericht eine Klage gegen Kandovia eingereicht.",
    ),
    (
        "Kandovia stellt neues Smartphone vor",
        "Das neue Smartphone von Kandovia hat eine bessere Kamera und kostet 600 Euro.",
    ),
]


@pytest.mark.parametrize(("title", "body", "deal_type", "parties"), DEALS, ids=lambda value: str(value)[:40])
def test_deals(title: str, body: str, deal_type: str, parties: str) -> None:
    reports = read(title, body)
    assert reports, "no deal found"
    assert reports[0].type.value == deal_type
    assert {f"{party.name}:{party.role.value}" for party in reports[0].parties} == set(parties.split("; "))


@pytest.mark.parametrize(("title", "body"), NO_DEALS, ids=lambda value: str(value)[:40])
def test_no_deals(title: str, body: str) -> None:
    assert read(title, body) == ()
