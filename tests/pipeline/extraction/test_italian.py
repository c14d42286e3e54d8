"""Italian news in our own words, with invented companies: what must come out, and what is no deal."""

from __future__ import annotations

import pytest

from pipeline.extraction import extract
from storage.records import Article, Report


def read(title: str, body: str) -> tuple[Report, ...]:
    return extract(Article(title, f"{title}\n\n{body}", "it"))


DEALS = [
    (
        "Kandovia acquisisce Pirelto",
        "Il gruppo Kandovia acquisisce Pirelto S.r.l., società di software, per 80 milioni di euro.",
        "acquisition",
        "Kandovia:acquirer; Pirelto:target",
    ),
    (
        "Pirelto acquisita da Kandovia",
        "La startup Pirelto è stata acquisita dal gruppo Kandovia.",
        "acquisition",
        "Kandovia:acquirer; Pirelto:target",
    ),
    (
        "Kandovia si compra Pirelto",
        "L'operatore Kandovia ha comprato il produttore Pirelto. Il prezzo non è noto.",
        "acquisition",
        "Kandovia:acquirer; Pirelto:target",
    ),
    (
        "Kandovia rileva Pirelto da Morvanta",
        "Kandovia ha rilevato Pirelto da Morvanta.",
        "acquisition",
        "Kandovia:acquirer; Pirelto:target; Morvanta:seller",
    ),
    (
        "Morvanta cede la controllata Zelbrino a Kandovia",
        "Morvanta ha ceduto Zelbrino al gruppo Kandovia per 12 milioni di euro.",
        "acquisition",
        "Morvanta:seller; Zelbrino:target; Kandovia:acquirer",
    ),
    (
        "Kandovia compra il ramo batterie di Morvanta",
        "Kandovia ha acquistato il ramo d'azienda delle batterie da Morvanta.",
        "asset_purchase",
        "Kandovia:acquirer; Morvanta:seller",
    ),
    (
        "Kandovia e Morvanta verso la fusione",
        "I consigli di Kandovia e Morvanta hanno approvato la fusione per incorporazione.",
        "merger",
        "Kandovia:partner; Morvanta:partner",
    ),
    (
        "Zelbrino raccoglie 15 milioni di euro",
        "La startup Zelbrino ha chiuso un round da 15 milioni di euro guidato da Quorvex Ventures.",
        "investment",
        "Zelbrino:investee; Quorvex Ventures:investor",
    ),
    (
        "Kandovia entra nel capitale di Zelbrino",
        "Il fondo Kandovia entra nel capitale di Zelbrino con una quota del 20 per cento.",
        "investment",
        "Kandovia:investor; Zelbrino:investee",
    ),
    (
        "Joint venture tra Kandovia e Morvanta",
        "Kandovia e Morvanta danno vita a una joint venture per le batterie.",
        "joint_venture",
        "Kandovia:partner; Morvanta:partner",
    ),
    (
        "Kandovia e Morvanta, alleanza nel cloud",
        "Kandovia e Morvanta hanno siglato una partnership strategica sul cloud.",
        "partnership",
        "Kandovia:partner; Morvanta:partner",
    ),
    (
        "Kandovia concede una licenza a Morvanta",
        "Kandovia ha concesso a Morvanta una licenza esclusiva sul brevetto del sensore.",
        "licensing",
        "Kandovia:licensor; Morvanta:licensee",
    ),
    (
        "Kandovia e Morvanta firmano un accordo di licenze incrociate",
        "Kandovia e Morvanta hanno firmato un accordo di licenze incrociate sui brevetti.",
        "cross_licensing",
        "Kandovia:partner; Morvanta:partner",
    ),
    (
        "Kandovia fornirà batterie a Morvanta",
        "Kandovia si è aggiudicata un contratto di fornitura di batterie: fornirà le celle a Morvanta.",
        "supply",
        "Kandovia:supplier; Morvanta:customer",
    ),
    (
        "Kandovia e Morvanta chiudono il contenzioso",
        "Kandovia e Morvanta hanno raggiunto un accordo transattivo che chiude la causa sui brevetti.",
        "settlement",
        "Kandovia:party; Morvanta:party",
    ),
]

NO_DEALS = [
    (
        "Kandovia, ricavi in crescita nel terzo trimestre",
        "Kandovia ha chiuso il trimestre con ricavi per 80 milioni di euro e un utile in aumento.",
    ),
    (
        "Nuova direttrice finanziaria per Kandovia",
        "Il consiglio di Kandovia ha nominato Ilaria Terrani direttrice finanziaria. Arriva da Morvanta.",
    ),
    (
        "Kandovia smentisce la vendita di Zelbrino",
        "Kandovia smentisce le voci di una cessione di Zelbrino: la controllata non è in vendita.",
    ),
    (
        "Morvanta fa causa a Kandovia",
        "Morvanta ha citato in giudizio Kandovia davanti al tribunale per violazione di un brevetto.",
    ),
    (
        "Kandovia presenta il nuovo smartphone",
        "Il nuovo smartphone di Kandovia costa 600 euro e arriva a settembre.",
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
