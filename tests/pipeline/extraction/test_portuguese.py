"""Portuguese news in our own words, with invented companies: what must come out, and what is no deal."""

from __future__ import annotations

import pytest

from pipeline.extraction import extract
from storage.records import Article, Report


def read(title: str, body: str) -> tuple[Report, ...]:
    return extract(Article(title, f"{title}\n\n{body}", "pt"))


DEALS = [
    (
        "Norvália adquire a startup de cibersegurança Zircona por R$ 45 milhões",
        "A Norvália anunciou a aquisição da Zircona, empresa especializada em cibersegurança, por R$ 45 milhões.",
        "acquisition",
        "Norvália:acquirer; Zircona:target",
    ),
    (
        "Zircona é comprada pela Norvália",
        "A operadora Zircona foi adquirida pelo grupo Norvália, informaram as duas empresas nesta segunda-feira.",
        "acquisition",
        "Norvália:acquirer; Zircona:target",
    ),
    (
        "Termolux vende a subsidiária Gasnova à Petrília",
        "A energética Termolux fechou acordo para vender a Gasnova à Petrília por 310 milhões de euros.",
        "acquisition",
        "Termolux:seller; Gasnova:target; Petrília:acquirer",
    ),
    (
        "Ondária conclui a compra do negócio de data centers da Velmora",
        "A Ondária concluiu a compra do negócio de data centers da Velmora por R$ 90 milhões.",
        "asset_purchase",
        "Ondária:acquirer; Velmora:seller",
    ),
    (
        "Bravix e Lumera anunciam fusão",
        "Os conselhos da Bravix e da Lumera aprovaram a fusão das duas companhias de software.",
        "merger",
        "Bravix:partner; Lumera:partner",
    ),
    (
        "Fintech Pagália capta R$ 12 milhões em rodada liderada pela Cumbral Ventures",
        "A Pagália recebeu um aporte de R$ 12 milhões em rodada liderada pela Cumbral Ventures.",
        "investment",
        "Pagália:investee; Cumbral Ventures:investor",
    ),
    (
        "Fondária investe 30 milhões de dólares na Robólia",
        "O fundo Fondária vai investir 30 milhões de dólares na empresa de robótica Robólia.",
        "investment",
        "Fondária:investor; Robólia:investee",
    ),
    (
        "Movília e Eletrânia criam joint venture de baterias",
        "A montadora Movília e a sul-coreana Eletrânia vão formar uma joint venture para fabricar baterias.",
        "joint_venture",
        "Movília:partner; Eletrânia:partner",
    ),
    (
        "Segúrtia fecha parceria com a Nubália para serviços em nuvem",
        "A seguradora Segúrtia e a Nubália assinaram uma parceria estratégica para levar sistemas à nuvem.",
        "partnership",
        "Segúrtia:partner; Nubália:partner",
    ),
    (
        "Telvora vai fornecer equipamentos 5G à Andinatel",
        "A fabricante Telvora assinou contrato de fornecimento com a operadora Andinatel por US$ 60 milhões.",
        "supply",
        "Telvora:supplier; Andinatel:customer",
    ),
    (
        "Ferrólia escolhe a Sinaltec para modernizar a rede",
        "A Ferrólia adjudicou à Sinaltec um contrato de 25 milhões de euros para modernizar a sua rede ferroviária.",
        "supply",
        "Ferrólia:customer; Sinaltec:supplier",
    ),
    (
        "Optrônia e Fotália fecham licenciamento cruzado de patentes",
        "A Optrônia e a Fotália assinaram um acordo de licenciamento cruzado das suas patentes de câmeras.",
        "cross_licensing",
        "Optrônia:partner; Fotália:partner",
    ),
    (
        "Biolária licencia vacina à Farmendi",
        "A biotech Biolária concedeu à Farmendi uma licença exclusiva para fabricar a vacina na América Latina.",
        "licensing",
        "Biolária:licensor; Farmendi:licensee",
    ),
    (
        "Dronália e Skyvara encerram disputa por patentes",
        "A Dronália e a Skyvara chegaram a um acordo judicial que encerra a disputa por patentes de drones.",
        "settlement",
        "Dronália:party; Skyvara:party",
    ),
    (
        "Grupo Tirsa negocia a compra da Cabonorte, dizem fontes",
        "O Grupo Tirsa estaria negociando a compra da operadora Cabonorte, segundo pessoas a par do assunto.",
        "acquisition",
        "Grupo Tirsa:acquirer; Cabonorte:target",
    ),
    (
        "Torres do Estreito compra 400 antenas da Ondária",
        "A Torres do Estreito concluiu a compra de 400 antenas da operadora Ondária por R$ 40 milhões.",
        "asset_purchase",
        "Torres do Estreito:acquirer; Ondária:seller",
    ),
]

NO_DEALS = [
    (
        "Norvália lucra R$ 27 milhões até setembro",
        "A Norvália teve lucro de R$ 27 milhões, alta de 6%. A receita cresceu para R$ 311 milhões.",
    ),
    (
        "Ondária nomeia Helena Queirós diretora de tecnologia",
        "Helena Queirós chega à Ondária depois de dez anos no setor. Substitui Pedro Salgado.",
    ),
    (
        "Velmora nega que vá vender a rede de fibra",
        "A Velmora negou que negocie a venda da sua rede de fibra. “Não há comprador”, diz.",
    ),
    (
        "Investimento em startups cai 12% no primeiro semestre",
        "As startups captaram R$ 900 milhões entre janeiro e junho, segundo um estudo do setor.",
    ),
    (
        "Telvora apresenta novo celular dobrável",
        "A Telvora apresentou em São Paulo um celular dobrável com duas câmeras, que custará R$ 4.999 em maio.",
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
