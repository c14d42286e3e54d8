"""French news in our own words, with invented companies: what must come out, and what is no deal."""

from __future__ import annotations

import pytest

from pipeline.extraction import extract
from storage.records import Article, Report


def read(title: str, body: str) -> tuple[Report, ...]:
    return extract(Article(title, f"{title}\n\n{body}", "fr"))


DEALS = [
    (
        "Kandovia rachète l'éditeur de logiciels Pirelto",
        "Le groupe Kandovia a annoncé mardi le rachat de Pirelto, éditeur de logiciels, pour 80 millions d'euros.",
        "acquisition",
        "Kandovia:acquirer; Pirelto:target",
    ),
    (
        "Pirelto racheté par Kandovia",
        "Le fabricant Pirelto a été racheté par le groupe Kandovia.",
        "acquisition",
        "Kandovia:acquirer; Pirelto:target",
    ),
    (
        "Kandovia s'offre Pirelto",
        "Kandovia s'offre la start-up Pirelto. Le montant n'a pas été dévoilé.",
        "acquisition",
        "Kandovia:acquirer; Pirelto:target",
    ),
    (
        "Kandovia met la main sur Pirelto",
        "L'opérateur Kandovia met la main sur le spécialiste du cloud Pirelto.",
        "acquisition",
        "Kandovia:acquirer; Pirelto:target",
    ),
    (
        "Morvanta cède sa filiale Zelbrino à Kandovia",
        "Morvanta vend sa filiale Zelbrino au groupe Kandovia pour 12 millions d'euros.",
        "acquisition",
        "Morvanta:seller; Zelbrino:target; Kandovia:acquirer",
    ),
    (
        "Kandovia reprend les brevets de Morvanta",
        "Kandovia a acquis un portefeuille de brevets auprès de Morvanta.",
        "asset_purchase",
        "Kandovia:acquirer; Morvanta:seller",
    ),
    (
        "Kandovia et Morvanta fusionnent",
        "Les opérateurs Kandovia et Morvanta ont approuvé leur projet de fusion.",
        "merger",
        "Kandovia:partner; Morvanta:partner",
    ),
    (
        "Zelbrino lève 15 millions d'euros",
        "La jeune pousse Zelbrino a bouclé une levée de fonds de 15 millions d'euros menée par Quorvex Ventures.",
        "investment",
        "Zelbrino:investee; Quorvex Ventures:investor",
    ),
    (
        "Kandovia entre au capital de Zelbrino",
        "Le groupe Kandovia entre au capital de Zelbrino avec une participation de 20 %.",
        "investment",
        "Kandovia:investor; Zelbrino:investee",
    ),
    (
        "Kandovia et Morvanta créent une coentreprise",
        "Kandovia et Morvanta créent une coentreprise dans les batteries.",
        "joint_venture",
        "Kandovia:partner; Morvanta:partner",
    ),
    (
        "Kandovia s'allie à Morvanta",
        "Kandovia et Morvanta ont signé un partenariat stratégique dans l'internet des objets.",
        "partnership",
        "Kandovia:partner; Morvanta:partner",
    ),
    (
        "Kandovia concède une licence à Morvanta",
        "Kandovia a concédé à Morvanta une licence exclusive sur son brevet de capteur.",
        "licensing",
        "Kandovia:licensor; Morvanta:licensee",
    ),
    (
        "Kandovia et Morvanta signent un accord de licences croisées",
        "Kandovia et Morvanta ont conclu un accord de licences croisées sur leurs brevets.",
        "cross_licensing",
        "Kandovia:partner; Morvanta:partner",
    ),
    (
        "Kandovia fournira des batteries à Morvanta",
        "Kandovia a décroché auprès de Morvanta un contrat de fourniture de batteries.",
        "supply",
        "Kandovia:supplier; Morvanta:customer",
    ),
    (
        "Kandovia et Morvanta mettent fin à leur litige",
        "Kandovia et Morvanta ont conclu un accord amiable qui met fin à leur litige.",
        "settlement",
        "Kandovia:party; Morvanta:party",
    ),
]

NO_DEALS = [
    (
        "Kandovia : chiffre d'affaires en hausse de 4 %",
        "Kandovia a réalisé au troisième trimestre un chiffre d'affaires de 80 millions d'euros.",
    ),
    (
        "Une nouvelle directrice chez Kandovia",
        "Le conseil de Kandovia a nommé Solange Terrand directrice financière. Elle vient de Morvanta.",
    ),
    (
        "Kandovia dément vouloir céder Zelbrino",
        "Kandovia dément les rumeurs d'une cession de sa filiale Zelbrino : elle n'est pas à vendre.",
    ),
    (
        "Morvanta attaque Kandovia en justice",
        "Morvanta a assigné Kandovia devant le tribunal pour contrefaçon de brevet.",
    ),
    (
        "Kandovia dévoile son nouveau smartphone",
        "Le nouveau smartphone de Kandovia coûte 600 euros et sera présenté au salon.",
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
