"""Companies by all their names."""

from __future__ import annotations

import threading

import pytest

from storage.companies import find_companies, names_of, resolve_company, subsidiaries_of
from storage.database import Database
from storage.errors import InvalidRecord
from storage.records import Party
from storage.vocabulary import Role
from tests.storage.builders import contents


def party(name: str, company: str | None = None) -> Party:
    return Party(name, Role.PARTNER, company)


def test_one_company_in_any_script_through_the_dictionary(database: Database) -> None:
    with database.session() as session:
        nokia = resolve_company(session, party("诺基亚", "Nokia"))
        assert resolve_company(session, party("Nokia Oyj")) == nokia
        assert resolve_company(session, party("NOKIA", "Nokia")) == nokia
        assert resolve_company(session, party("Xiaomi")) != nokia
        assert names_of(session, [nokia]) == {nokia: "Nokia"}


def test_resolving_again_writes_nothing(database: Database) -> None:
    with database.session() as session:
        resolve_company(session, party("诺基亚", "Nokia"), aliases=["Nokia Bell"])
        before = contents(session)
        resolve_company(session, party("诺基亚", "Nokia"), aliases=["Nokia Bell"])
        assert contents(session) == before


def test_names_that_only_look_alike_stay_apart(database: Database) -> None:
    with database.session() as session:
        names = ["Bank of America", "Bank of Armenia", "SoftBank", "SoftBank Group", "Delta", "Delta Electronics"]
        assert len({resolve_company(session, party(name)) for name in names}) == len(names)


def test_what_a_name_means_does_not_depend_on_what_was_read_before(database: Database) -> None:
    with database.session() as session:
        power = resolve_company(session, party("Delta", "Delta Power"))
        assert resolve_company(session, party("Delta")) not in {power, resolve_company(session, party("Delta Air"))}
        assert len(find_companies(session, "delta")) == 2  # asked for, it may be either


@pytest.mark.parametrize("order", [("NOKIA", "Nokia", "nokia oyj"), ("nokia oyj", "NOKIA", "Nokia")])
def test_the_name_shown_does_not_depend_on_which_spelling_came_first(database: Database, order: list[str]) -> None:
    with database.session() as session:
        ids = {resolve_company(session, party(name)) for name in order}
        assert list(names_of(session, ids).values()) == ["Nokia"]
        resolve_company(session, party("nokia", "NoKiA"))  # the dictionary's spelling beats all
        resolve_company(session, party("Nokia"))
        assert list(names_of(session, ids).values()) == ["NoKiA"]


def test_a_subsidiary_is_a_company_of_its_own_linked_to_its_parent(database: Database) -> None:
    with database.session() as session:
        unit = resolve_company(session, Party("Veltrin Cloud", Role.PARTNER, "Veltrin Cloud", "Veltrin"))
        part = resolve_company(
            session, Party("Veltrin Cloud Asia", Role.PARTNER, "Veltrin Cloud Asia", "Veltrin Cloud")
        )
        [parent] = set(find_companies(session, "Veltrin")) - {unit, part}
        assert subsidiaries_of(session, [parent]) == [unit, part]
        assert subsidiaries_of(session, [unit]) == [part]
        before = contents(session)
        resolve_company(session, Party("Veltrin Cloud", Role.PARTNER, "Veltrin Cloud", "Veltrin"))
        assert contents(session) == before


def test_finding_prefers_exact_then_beginning_then_containing(database: Database) -> None:
    with database.session() as session:
        viettel = resolve_company(session, party("Tập đoàn Viettel"))
        cyber = resolve_company(session, party("Viettel Cyber Security"))
        tencent = resolve_company(session, party("腾讯控股有限公司"))
        assert find_companies(session, "VIETTEL") == [viettel]
        assert find_companies(session, "viet") == [viettel, cyber]
        assert find_companies(session, "cyber") == [cyber]
        assert find_companies(session, "腾讯") == [tencent]
        assert find_companies(session, "讯控") == [tencent]
        assert find_companies(session, "nobody") == []
        assert find_companies(session, "  ") == []


@pytest.mark.parametrize("sign", ["%", "_", "\\", "'", '"', ";", "%%"])
def test_signs_mean_themselves(database: Database, sign: str) -> None:
    with database.session() as session:
        resolve_company(session, party("Aquila"))
        assert find_companies(session, f"{sign}") == []
        assert find_companies(session, f"quil{sign}x") == []


def test_a_name_of_signs_only_is_kept_and_an_empty_one_refused(database: Database) -> None:
    with database.session() as session:
        assert resolve_company(session, party("!!!")) == resolve_company(session, party("!!!"))
        with pytest.raises(InvalidRecord, match="says nothing"):
            resolve_company(session, party(" \t"))


def test_two_workers_that_meet_a_company_at_once_make_it_once(database: Database) -> None:
    ids: list[int] = []

    def resolve() -> None:
        for number in range(5):
            with database.session() as session:
                ids.append(resolve_company(session, party(f"Aquila {number}")))

    threads = [threading.Thread(target=resolve) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(ids) == 20
    assert len(set(ids)) == 5
