from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from pipeline.errors import LabelError
from pipeline.evaluate import Counts, Miss, Prediction, Scores, Share, evaluate, predict, with_clusters
from pipeline.evaluate_table import main, print_scores, read_ids
from pipeline.labels import Labelled, LabelledDeal, read_labels, read_text
from storage.records import Article, Evidence, Party, Report, Value
from storage.vocabulary import DatePrecision, DealType, Role, Status, ValueKind

ACQUIRER, TARGET = Role.ACQUIRER, Role.TARGET
PURCHASE = LabelledDeal(
    DealType.ACQUISITION,
    (Party("Halden Corp", ACQUIRER), Party("Minato", TARGET)),
    Status.ANNOUNCED,
    focus=frozenset({"ai", "cloud"}),
    value=(Decimal(5_400_000_000), "USD"),
    technology=True,
)
FOUND = Report(
    DealType.ACQUISITION,
    (Party("Halden", ACQUIRER), Party("Minato Inc.", TARGET)),
    Status.ANNOUNCED,
    focus=("cloud", "ai"),
    value=Value(Decimal(5_400_000_000), "USD"),
    technology=True,
)


def label(*deals: LabelledDeal, id: str = "en-1", lang: str = "en", cluster: str | None = None) -> Labelled:
    return Labelled(id, lang, is_deal=bool(deals), deals=deals, cluster=cluster)


def score(deal: LabelledDeal, *reports: Report) -> Scores:
    return evaluate([label(deal)], {"en-1": Prediction(reports)})


def missed(scores: Scores) -> set[str]:
    return {miss.measure for miss in scores.misses}


def test_a_perfect_prediction_has_no_misses() -> None:
    scores = score(PURCHASE, FOUND)
    overall = scores.overall
    assert scores.misses == ()
    assert (overall.documents, overall.deals) == (1, 1)
    counts = (overall.detection, overall.parties, overall.roles, overall.also, overall.focus, overall.technology)
    assert [count.f1 for count in counts] == [1.0] * 6
    assert [s.share for s in (overall.type, overall.value, overall.value_given, overall.status)] == [1.0] * 4
    assert overall.evidence.share is None
    assert scores.by_language == {"en": overall}


def test_a_deal_not_found_is_wrong_everywhere() -> None:
    overall = evaluate([label(PURCHASE)], {}).overall
    assert overall.detection == Counts(fn=1)
    assert overall.parties == overall.roles == Counts(fn=2)
    assert overall.focus == Counts(fn=2)
    assert overall.technology == Counts(fn=1)
    assert overall.type == overall.value == overall.value_given == overall.status == Share(0, 1)
    unpriced = evaluate([label(replace(PURCHASE, value=None))], {}).overall
    assert unpriced.value == Share(0, 1)
    assert unpriced.value_given == Share()


def test_a_deal_where_there_is_none_counts_in_detection_only() -> None:
    overall = evaluate([label()], {"en-1": Prediction((FOUND,))}).overall
    assert overall.detection == Counts(fp=1)
    assert overall.parties == Counts()
    assert overall.deals == 0


def test_a_deal_too_many_counts_its_parties_as_false() -> None:
    other = replace(
        FOUND, type=DealType.SUPPLY, parties=(Party("Oakfield", Role.SUPPLIER), Party("Brio", Role.CUSTOMER))
    )
    scores = score(PURCHASE, other, FOUND)
    assert scores.overall.parties == scores.overall.roles == Counts(tp=2, fp=2)
    assert scores.overall.type == Share(1, 1)
    assert scores.misses == (Miss("en-1", "parties", "no further deal", "supply: Oakfield, Brio"),)


def test_several_deals_are_paired_by_their_parties_whatever_the_order() -> None:
    stake = LabelledDeal(
        DealType.INVESTMENT, (Party("Brio", Role.INVESTOR), Party("Oakfield", Role.INVESTEE)), Status.RUMORED
    )
    came = Report(DealType.INVESTMENT, stake.parties, Status.RUMORED)
    for reports in ((FOUND, came), (came, FOUND)):
        overall = evaluate([label(PURCHASE, stake)], {"en-1": Prediction(reports)}).overall
        assert overall.parties == Counts(tp=4)
        assert overall.status == overall.type == Share(2, 2)


def test_roles_are_scored_beside_names() -> None:
    swapped = replace(FOUND, parties=(Party("Halden", TARGET), Party("Minato", ACQUIRER)))
    scores = score(PURCHASE, swapped)
    assert scores.overall.parties == Counts(tp=2)
    assert scores.overall.roles == Counts(fp=2, fn=2)
    assert missed(scores) == {"roles"}


def test_one_name_answers_for_one_party_only() -> None:
    twice = replace(FOUND, parties=(Party("Halden", ACQUIRER), Party("Halden", TARGET)))
    assert score(PURCHASE, twice).overall.parties == Counts(tp=1, fp=1, fn=1)


def test_the_likest_name_is_taken_first() -> None:
    parties = (Party("Halden", ACQUIRER), Party("Halden Networks", TARGET))
    scores = score(replace(PURCHASE, parties=parties), replace(FOUND, parties=parties[::-1]))
    assert scores.overall.roles == Counts(tp=2)


def test_the_dictionary_name_of_a_party_counts_too() -> None:
    deal = replace(PURCHASE, parties=(Party("Polaris", ACQUIRER),))
    report = replace(FOUND, parties=(Party("北辰", ACQUIRER, company="Polaris"),))
    assert score(deal, report).overall.roles == Counts(tp=1)
    deal = replace(PURCHASE, parties=(Party("北辰", ACQUIRER),))
    report = replace(FOUND, parties=(Party("Polaris", ACQUIRER),))
    known = {"北辰": "Polaris", "Polaris": "Polaris"}
    assert evaluate([label(deal)], {"en-1": Prediction((report,))}, canonical=known.get).overall.roles == Counts(tp=1)


@pytest.mark.parametrize(
    ("expected", "came", "right"),
    [
        (None, None, True),
        (None, Value(Decimal(1), "USD"), False),
        ((Decimal(100), "USD"), None, False),
        ((Decimal(100), "USD"), Value(Decimal("100.4"), "USD"), True),
        ((Decimal(100), "USD"), Value(Decimal(101), "USD"), False),
        ((Decimal(100), "USD"), Value(Decimal(100), "EUR"), False),
        (None, Value(Decimal(20), None, ValueKind.STAKE_PERCENT), True),  # a share is no amount of money
    ],
)
def test_values(expected: tuple[Decimal, str] | None, came: Value | None, right: bool) -> None:
    overall = score(replace(PURCHASE, value=expected), replace(FOUND, value=came)).overall
    assert overall.value == Share(int(right), 1)
    assert overall.value_given.of == (expected is not None)


def test_focus_types_status_and_technology() -> None:
    report = replace(
        FOUND,
        type=DealType.MERGER,
        also=(DealType.ACQUISITION,),
        focus=("ai", "iot"),
        status=Status.RUMORED,
        technology=False,
    )
    scores = score(PURCHASE, report)
    overall = scores.overall
    assert overall.focus == Counts(1, 1, 1)
    assert overall.type == overall.status == Share(0, 1)
    assert overall.also == Counts(tp=1, fp=1)
    assert overall.technology == Counts(fn=1)
    assert scores.confusions == {(DealType.ACQUISITION, DealType.MERGER): 1}
    assert missed(scores) == {"type", "also", "focus", "status", "technology"}
    assert list(scores.by_type) == [DealType.ACQUISITION]
    assert score(replace(PURCHASE, technology=None), report).overall.technology == Counts()
    assert score(replace(PURCHASE, technology=False), FOUND).overall.technology == Counts(fp=1)


def test_evidence_must_be_an_exact_slice() -> None:
    good, bad, empty = Evidence("type", "buys", 7, 11), Evidence("value", "buy ", 7, 11), Evidence("status", "", 3, 3)
    prediction = Prediction((replace(FOUND, evidence=(good, bad, empty)),), "Halden buys Minato")
    scores = evaluate([label(PURCHASE)], {"en-1": prediction})
    assert scores.overall.evidence == Share(1, 3)
    assert scores.misses[0] == Miss("en-1", "evidence", "value: 'buys'", "'buy '")


def test_same_deal_is_scored_over_pairs_of_documents() -> None:
    gold = [label(PURCHASE, id=i, cluster=c) for i, c in (("a", "x"), ("b", "x"), ("c", "y"), ("d", "y"))]
    gold += [label(PURCHASE, id="e"), label(id="f", cluster="x")]  # no cluster known; no deal reported
    predicted = {g.id: Prediction((FOUND,)) for g in gold}
    assert evaluate(gold, predicted).same_deal is None
    clustered = with_clusters(predicted, {"a": ["1"], "b": ["1", "2"], "c": ["2"], "e": ["1"], "f": ["1"]})
    scores = evaluate(gold, clustered)
    assert scores.same_deal == Counts(tp=1, fp=1, fn=1)
    assert [m for m in scores.misses if m.measure == "same_deal"] == [
        Miss("b c", "same_deal", "two deals", "one deal"),
        Miss("c d", "same_deal", "one deal", "two deals"),
    ]


def test_nothing_to_score_gives_no_figure() -> None:
    overall = evaluate([], {}).overall
    assert overall.detection.f1 is overall.detection.precision is overall.detection.recall is overall.type.share is None


ROW: Mapping[str, object] = {
    "id": "vi-1",
    "url": "https://a.example/1",
    "lang": "vi",
    "is_deal": True,
    "deals": [
        {
            "type": "acquisition",
            "also": ["partnership"],
            "parties": [{"name": "Halden", "role": "acquirer"}],
            "focus": ["ai"],
            "value": {"amount": 0.1, "currency": "USD"},
            "status": "announced",
            "tech": True,
        }
    ],
    "date": "2026-11-05",
    "cluster": "x",
}


def write(path: Path, *rows: object) -> Path:
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


def test_labels_are_read_as_written(tmp_path: Path) -> None:
    path = write(tmp_path / "gold.jsonl", ROW, {**ROW, "id": "en-2", "lang": "en", "is_deal": False, "deals": []})
    first, second = read_labels(path)
    assert first == Labelled(
        "vi-1",
        "vi",
        is_deal=True,
        deals=(
            LabelledDeal(
                DealType.ACQUISITION,
                (Party("Halden", ACQUIRER),),
                Status.ANNOUNCED,
                frozenset({DealType.PARTNERSHIP}),
                frozenset({"ai"}),
                (Decimal("0.1"), "USD"),
                technology=True,
            ),
        ),
        cluster="x",
        date="2026-11-05",
        url="https://a.example/1",
    )
    assert second.deals == ()
    assert read_labels(path, lang="vi") == [first]
    assert read_labels(path, ids={"en-2"}) == [second]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "JSONDecodeError"),
        ("[]", "not a label"),
        ('{"id": "a"}', "KeyError: 'deals'"),
        (json.dumps({**ROW, "deals": [{"type": "takeover"}]}), "'takeover' is not a valid DealType"),
        (json.dumps({**ROW, "deals": [{**ROW, "type": "merger"}]}), "KeyError: 'parties'"),
    ],
)
def test_what_is_no_label_is_named_with_its_line(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text(f"{json.dumps(ROW)}\n\n{line}\n", encoding="utf-8")
    with pytest.raises(LabelError, match="line 3") as caught:
        read_labels(path)
    assert str(path) in str(caught.value)
    assert said in str(caught.value)


def test_texts_become_articles(tmp_path: Path) -> None:
    (tmp_path / "vi-1.txt").write_text("\n  Halden mua lại Minato \n\nHôm nay.", encoding="utf-8")
    article = read_text(label(PURCHASE, id="vi-1", lang="vi"), tmp_path)
    assert article == Article("Halden mua lại Minato", "\n  Halden mua lại Minato \n\nHôm nay.", "vi")
    dated = read_text(replace(label(id="vi-1"), date="2026-11"), tmp_path)
    assert (dated.published_at, dated.published_precision) == (datetime(2026, 11, 1, tzinfo=UTC), DatePrecision.MONTH)


def test_a_missing_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(LabelError, match=r"en-1\.txt.*Is --texts right\?"):
        read_text(label(), tmp_path)


def test_the_extractor_is_run_over_every_text(tmp_path: Path) -> None:
    (tmp_path / "en-1.txt").write_text("Halden buys Minato", encoding="utf-8")
    predicted = dict(predict([label(PURCHASE)], tmp_path, lambda article: [replace(FOUND, headline=article.title)]))
    assert predicted == {"en-1": Prediction((replace(FOUND, headline="Halden buys Minato"),), "Halden buys Minato")}


def test_the_table_shows_languages_types_and_misses() -> None:
    gold = [label(PURCHASE), label(PURCHASE, id="zh-1", lang="zh"), label(id="en-2")]
    scores = evaluate(gold, {"en-1": Prediction((replace(FOUND, type=DealType.MERGER),)), "en-2": Prediction((FOUND,))})
    console = Console(file=io.StringIO(), width=160)
    print_scores(scores, console, misses=True)
    assert isinstance(console.file, io.StringIO)
    shown = console.file.getvalue()
    assert "│ zh" in shown
    assert "│ acquisition │ merger" in shown
    assert "en-1\n  type       expected: acquisition\n             came:     merger\n" in shown
    assert "zh-1\n  detection  expected: acquisition: Halden Corp, Minato\n             came:     no deal\n" in shown
    only = Console(file=io.StringIO(), width=160)
    print_scores(scores, only, misses=True, measures=["type"])
    assert isinstance(only.file, io.StringIO)
    assert only.file.getvalue().rstrip().endswith("1 misses")


def test_id_files_may_hold_remarks(tmp_path: Path) -> None:
    (tmp_path / "ids").write_text("en-1\n\nen-2  hard one\n", encoding="utf-8")
    assert read_ids(tmp_path / "ids") == {"en-1", "en-2"}


_parties = st.lists(
    st.builds(Party, st.sampled_from(["Halden", "Halden Labs", "Minato", "北辰"]), st.sampled_from(Role))
)


@given(st.lists(_parties, max_size=3), st.lists(_parties, max_size=3))
def test_all_expected_and_all_predicted_parties_are_counted_once(
    expected: list[list[Party]], came: list[list[Party]]
) -> None:
    deals = tuple(LabelledDeal(DealType.MERGER, tuple(parties), Status.ANNOUNCED) for parties in expected)
    reports = tuple(Report(DealType.MERGER, tuple(parties), Status.ANNOUNCED) for parties in came)
    counts = evaluate([label(*deals)], {"en-1": Prediction(reports)}).overall.parties
    assert counts.tp + counts.fn == sum(map(len, expected))
    assert counts.tp + counts.fp == (sum(map(len, came)) if deals else 0)


def test_the_small_command_prints_the_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("pipeline.extraction.extract", lambda article: (FOUND,), raising=False)
    gold = write(tmp_path / "gold.jsonl", {**ROW, "id": "en-1"})
    with pytest.raises(SystemExit) as caught:
        main([str(gold), "--texts", str(tmp_path)])
    assert caught.value.code == 2
    assert "en-1.txt" in capsys.readouterr().err
    (tmp_path / "en-1.txt").write_text("Halden buys Minato", encoding="utf-8")
    main([str(gold), "--texts", str(tmp_path), "--misses"])
    shown = capsys.readouterr()
    assert "by language" in shown.out
    assert "value      expected: 0 USD" in shown.out
    assert "1 document(s)" in shown.err
