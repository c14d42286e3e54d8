"""Spanish news in our own words, with invented companies: what must come out, and what is no deal."""

from __future__ import annotations

import pytest

from pipeline.extraction import extract
from storage.records import Article, Report


def read(title: str, body: str) -> tuple[Report, ...]:
    return extract(Article(title, f"{title}\n\n{body}", "es"))


DEALS = [
    (
        "Norvalia adquiere la startup de ciberseguridad Zirkona por 45 millones de euros",
        "Norvalia ha adquirido Zirkona, empresa emergente especializada en ciberseguridad, por 45 millones de euros.",
        "acquisition",
        "Norvalia:acquirer; Zirkona:target",
    ),
    (
        "Zirkona, comprada por Norvalia",
        "La operadora Zirkona ha sido adquirida por el grupo Norvalia, según anunciaron este lunes ambas compañías.",
        "acquisition",
        "Norvalia:acquirer; Zirkona:target",
    ),
    (
        "Termolux vende su filial Gasnova a Petrilia",
        "La energética Termolux anunció ayer un acuerdo para vender Gasnova a Petrilia por 310 millones de dólares.",
        "acquisition",
        "Termolux:seller; Gasnova:target; Petrilia:acquirer",
    ),
    (
        "Ondaria se hace con el negocio de centros de datos de Velmora",
        "La teleco Ondaria ha firmado la compra del negocio de centros de datos de Velmora por 90 millones de euros.",
        "asset_purchase",
        "Ondaria:acquirer; Velmora:seller",
    ),
    (
        "Bravix y Lumera se fusionarán para crear un gigante del software",
        "Los consejos de Bravix y Lumera aprobaron la fusión de ambas compañías, que prevén cerrar en otoño.",
        "merger",
        "Bravix:partner; Lumera:partner",
    ),
    (
        "La fintech Pagalia levanta 12 millones en una ronda liderada por Cumbral Ventures",
        "Pagalia ha cerrado una ronda de financiación de 12 millones de euros liderada por Cumbral Ventures.",
        "investment",
        "Pagalia:investee; Cumbral Ventures:investor",
    ),
    (
        "Fondaria invierte 30 millones de dólares en Robolia",
        "El fondo Fondaria invertirá 30 millones de dólares en la compañía de robótica Robolia.",
        "investment",
        "Fondaria:investor; Robolia:investee",
    ),
    (
        "Movilia y Electrania crean una empresa conjunta de baterías",
        "El fabricante Movilia y la surcoreana Electrania constituirán una empresa conjunta para fabricar baterías.",
        "joint_venture",
        "Movilia:partner; Electrania:partner",
    ),
    (
        "Segurtia se alía con Nubalia para ofrecer servicios en la nube",
        "La aseguradora Segurtia y Nubalia firmaron una alianza estratégica para llevar sus sistemas a la nube.",
        "partnership",
        "Segurtia:partner; Nubalia:partner",
    ),
    (
        "Telvora suministrará equipos 5G a Andinatel",
        "El fabricante Telvora firmó un contrato de suministro con la operadora Andinatel por 60 millones de dólares.",
        "supply",
        "Telvora:supplier; Andinatel:customer",
    ),
    (
        "Ferrolia adjudica a Señaltec la modernización de su red",
        "Ferrolia ha adjudicado a Señaltec un contrato de 25 millones de euros para modernizar su red ferroviaria.",
        "supply",
        "Ferrolia:customer; Señaltec:supplier",
    ),
    (
        "Optronia y Fotalia firman un acuerdo de licencias cruzadas de patentes",
        "Optronia y Fotalia han suscrito un acuerdo de licencias cruzadas sobre sus patentes de cámaras.",
        "cross_licensing",
        "Optronia:partner; Fotalia:partner",
    ),
    (
        "Biolaria licencia su vacuna a Farmendi",
        "La biotecnológica Biolaria otorga a Farmendi una licencia exclusiva para fabricar su vacuna en Brasil.",
        "licensing",
        "Biolaria:licensor; Farmendi:licensee",
    ),
    (
        "Dronalia y Skyvara ponen fin a su litigio por patentes",
        "Dronalia y Skyvara alcanzaron un acuerdo extrajudicial que pone fin a su disputa por patentes de drones.",
        "settlement",
        "Dronalia:party; Skyvara:party",
    ),
    (
        "Grupo Tirsa negocia la compra de Cablenor, según fuentes del mercado",
        "Grupo Tirsa estaría negociando la compra de la operadora Cablenor, según fuentes conocedoras de la operación.",
        "acquisition",
        "Grupo Tirsa:acquirer; Cablenor:target",
    ),
    (
        "Torres del Estrecho compra 400 antenas a Ondaria",
        "Torres del Estrecho ha completado la compra de 400 antenas a la operadora Ondaria por 40 millones de euros.",
        "asset_purchase",
        "Torres del Estrecho:acquirer; Ondaria:seller",
    ),
]

NO_DEALS = [
    (
        "Norvalia gana 27 millones hasta septiembre",
        "Norvalia obtuvo un beneficio de 27 millones de euros, un 6% más. Los ingresos crecieron un 4%.",
    ),
    (
        "Ondaria nombra a Elena Quiroga directora de tecnología",
        "Elena Quiroga se incorpora a Ondaria tras diez años en el sector. Sustituye a Pedro Salcedo.",
    ),
    (
        "Velmora niega que vaya a vender su red de fibra",
        "Velmora ha desmentido que negocie la venta de su red de fibra. «No hay comprador», dice.",
    ),
    (
        "La inversión en startups cae un 12% en el primer semestre",
        "Las empresas emergentes captaron 900 millones de euros entre enero y junio, según un informe del sector.",
    ),
    (
        "Telvora presenta su nuevo teléfono plegable",
        "Telvora presentó en Barcelona un teléfono plegable con dos cámaras, que costará 899 euros desde mayo.",
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
