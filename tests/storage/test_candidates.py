from __future__ import annotations

from datetime import date, timedelta

from storage import deals
from storage.candidates import candidates
from storage.database import Database
from storage.records import Party
from storage.vocabulary import Role
from tests.storage.builders import add_deal, make_report

DAY = date(2026, 6, 1)


def test_candidates_share_a_company(database: Database) -> None:
    def deal(number: int, day: date, *names: str) -> int:
        report = make_report(announced_on=day, parties=tuple(Party(name, Role.PARTNER) for name in names))
        return add_deal(session, f"https://wire.example/{number}", report)

    with database.session() as session:
        both = deal(1, DAY, "Aquila", "Borealis")
        one = deal(2, DAY + timedelta(days=30), "Aquila", "Corvus")
        older = deal(3, DAY - timedelta(days=31), "Borealis", "Corvus")
        deal(4, DAY, "Dorado", "Corvus")
        ids = [party.company_id for party in deals.get(session, both).parties]
        for around in (DAY, None, date.max, date.min):
            assert set(candidates(session, ids, around)) == {both, one, older}
        assert candidates(session, [], DAY) == []


def test_of_a_company_with_many_deals_the_nearest_on_either_side_are_candidates(database: Database) -> None:
    with database.session() as session:
        made = [
            add_deal(
                session,
                f"https://wire.example/{n}",
                make_report(
                    announced_on=DAY + timedelta(days=n),
                    parties=(Party("Aquila", Role.PARTNER), Party(f"P{n}", Role.PARTNER)),
                ),
            )
            for n in range(8)
        ]
        [aquila] = {party.company_id for party in deals.get(session, made[0]).parties if party.name == "Aquila"}
        assert candidates(session, [aquila], DAY + timedelta(days=4), nearest=2) == [
            made[4], made[5], made[3], made[2],
        ]  # fmt: skip
