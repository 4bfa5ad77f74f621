"""A user's own labelled pairs: read, looked up in a scan, counted, and cut for a precision."""

from __future__ import annotations

import dataclasses
import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pandas
import pytest
from hypothesis import given
from hypothesis import strategies as st
from newsroom import Newsroom

import dedup
from dedup import DumpError, Evaluation, InputError
from dedup.evaluation import LabelledPair, Share
from dedup.evaluation.labels import read_labels

pairs = st.lists(
    st.tuples(st.booleans(), st.sampled_from([0.0, 0.3, 0.5, 0.501, 0.7, 0.93, 1.0])), max_size=30
)


def evaluation(found: list[tuple[bool, float]]) -> Evaluation:
    return Evaluation(
        tuple(
            LabelledPair(f"a{number}", f"b{number}", is_version, None, probability)
            for number, (is_version, probability) in enumerate(found)
        )
    )


@given(pairs, st.sampled_from([0.5, 0.6, 0.7, 0.93, 1.0]))
def test_a_threshold_counts_what_has_that_probability(
    found: list[tuple[bool, float]], least: float
) -> None:
    quality = evaluation(found).at(least)
    right = sum(is_version and p >= least for is_version, p in found)
    wrong = sum(not is_version and p >= least for is_version, p in found)
    missed = sum(is_version and p < least for is_version, p in found)
    assert (quality.flagged, quality.right) == (right + wrong, right)
    for share, of in (
        (quality.precision, right + wrong),
        (quality.recall, right + missed),
        (quality.f1, right + wrong + missed),
    ):
        assert share.of == of
        assert (share.value is None) == (not of)
        assert share.value is None or share.low <= share.value <= share.high
    if right:
        assert quality.f1.value == pytest.approx(2 * right / (2 * right + wrong + missed))


@given(pairs, st.floats(0.01, 1))
def test_the_cut_is_the_least_threshold_with_the_precision(
    found: list[tuple[bool, float]], precision: float
) -> None:
    known = evaluation(found)
    cut = known.cut(precision)
    good = [
        least
        for least in sorted({0.5, *(p for _, p in found if p >= 0.5)})
        if (one := known.at(least)).flagged and one.right / one.flagged >= precision
    ]
    assert (cut is None) == (not good)
    if cut is not None:
        assert cut.threshold <= good[0]
        assert known.at(cut.threshold) == cut
        assert cut.flagged == known.at(good[0]).flagged


@pytest.mark.parametrize(
    ("count", "of", "low", "high"), [(0, 10, 0.0, 0.2775), (81, 100, 0.7222, 0.8749)]
)
def test_intervals_are_wilsons(count: int, of: int, low: float, high: float) -> None:
    share = Share.of_count(count, of)
    assert (share.low, share.high) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


@pytest.fixture(scope="module")
def news() -> list[dict[str, Any]]:
    room = Newsroom(5)
    stories = room.articles(6)
    copies = [(story.id, room.syndicated(story.text)) for story in stories[:3]]
    rows = [{"id": story.id, "text": story.text} for story in stories]
    return rows + [{"id": f"{name}-copy", "text": text} for name, text in copies]


LABELS = [
    ("n000", "n000-copy", "syndicated"),
    ("n001-copy", "n001", "VERSION"),
    ("n002", "n002-copy", "not"),
    ("n003", "n004", "unrelated"),
    ("n004", "n005", "rewritten"),
]


def test_labelled_pairs_are_looked_up_in_a_scan(news: list[dict[str, Any]]) -> None:
    report = dedup.scan(news, min_probability=1.0)
    found = dedup.evaluate(LABELS, report)
    assert found == dedup.evaluate(LABELS, news)
    assert [pair.is_version for pair in found.pairs] == [True, True, False, False, True]
    assert [pair.probability > 0.5 for pair in found.pairs] == [True, True, True, False, False]
    assert (found.at().flagged, found.at().right, found.at().versions) == (3, 2, 3)
    assert [(pair.a, pair.verdict) for pair in found.missed()] == [("n004", None)]


def test_labels_come_in_files_tables_and_values(news: list[dict[str, Any]], tmp_path: Path) -> None:
    rows = [{"id a": a, "ID_B": b, "Verdict": label} for a, b, label in LABELS]
    (tmp_path / "l.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n\n")
    frame = pandas.DataFrame(rows)
    for name, separator in (("l.csv", ","), ("s.csv", ";"), ("l.tsv", "\t")):
        frame.to_csv(tmp_path / name, sep=separator, index=False, encoding="utf-8-sig")
    wanted = read_labels(LABELS)
    assert len(wanted) == len(LABELS)
    for name in ("l.jsonl", "l.csv", "s.csv", "l.tsv"):
        assert read_labels(tmp_path / name) == read_labels(str(tmp_path / name)) == wanted
    assert read_labels(frame) == read_labels(rows) == wanted
    assert read_labels([*LABELS, ("n000-copy", "n000", True)]) == wanted


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        ([("n000", "x9", "version")], "labels: got 'x9', wanted ids that are in the data"),
        ([(f"x{k}", "n000", "not") for k in range(8)], "'x4' and 3 more, wanted ids"),
        (
            [("n000", "n001", "version"), ("n001", "n002", ""), ("n001", "n003", None)],
            r"labels\[1\]: label: got '', as in 2 of 3 rows; wanted version or not in each",
        ),
        ([("n000", "n001", "maybe")], r"labels\[0\]: label: got 'maybe', wanted a verdict"),
        ([("n000", "n000", "not")], "wanted two ids that differ"),
        ([("a", "b", "not"), ("b", "a", "version")], r"labels\[1\]: 'b' and 'a' have another"),
        ([("a", "b")], "wanted two ids and a label"),
        ([{"a": 1, "c": 2, "label": 1}], "wanted a field b or id_b"),
        ([{"a": 1, "b": 2, "label": 1, "weight": 0}], "weight: got 0, wanted a number above 0"),
        ([{"a": 1, "b": 2, "label": 1, "weight": "x"}], "weight: got 'x', wanted a number above 0"),
        ([], "labels: got none"),
        (7, "labels: got 7, wanted triples"),
    ],
)
def test_labels_that_cannot_be_used_say_why(
    news: list[dict[str, Any]], labels: Any, told: str
) -> None:
    with pytest.raises(InputError, match=told):
        dedup.evaluate(labels, news)


def test_files_of_labels_that_cannot_be_read_say_why(tmp_path: Path) -> None:
    with pytest.raises(DumpError, match=r"none\.csv: cannot be read: No such file"):
        read_labels(tmp_path / "none.csv")
    (tmp_path / "bad.jsonl").write_text('{"a": 1, "b": 2, "label": true}\n{"a": \n')
    with pytest.raises(InputError, match=r"bad\.jsonl:2: not JSON"):
        read_labels(tmp_path / "bad.jsonl")
    (tmp_path / "latin.csv").write_bytes(b"a,b,label\n\xe9,2,1\n")
    with pytest.raises(DumpError, match=r"latin\.csv: cannot be read as utf-8"):
        read_labels(tmp_path / "latin.csv")


@pytest.mark.parametrize("precision", [0, 1.5, "high", True])
def test_no_share_is_no_precision(precision: Any) -> None:
    with pytest.raises(InputError, match="precision"):
        evaluation([(True, 0.9)]).cut(precision)


def test_pairs_of_every_probability_are_drawn_and_weigh_what_they_stand_for(
    news: list[dict[str, Any]],
) -> None:
    report = dedup.scan(news)
    judged = report.candidates()
    rows = report.draw(40)
    assert rows == report.draw(40) != report.draw(40, seed=1)
    assert len({(row["a"], row["b"]) for row in rows}) == len(rows) == min(40, len(judged))
    assert sum(row["weight"] for row in rows) == pytest.approx(len(judged))
    drawn = report.judged((row["a"], row["b"]) for row in rows)
    assert {round(pair.probability, 1) for pair in drawn if pair} >= {
        round(pair.probability, 1) for pair in judged if pair.probability >= 0.5
    }
    texts = {str(row["id"]): row["text"] for row in news}
    for row in rows:
        assert row["label"] == ""
        assert texts[row["a"]].startswith(row["opening_a"].removesuffix(" …"))
        assert not {"verdict", "probability"} & set(row)
    assert len(report.draw(10**6)) == len(judged)
    with pytest.raises(InputError, match="number: got 0, wanted an int of 1 or more"):
        report.draw(0)


def test_weighed_pairs_tell_of_the_whole() -> None:
    pairs = [LabelledPair("a", str(k), k < 5, None, 0.9 if k < 6 else 0.6, 10) for k in range(9)]
    found = Evaluation(tuple(pairs))
    assert (found.at(0.5).flagged, found.at(0.8).right) == (90, 50)
    alike = Evaluation(tuple(dataclasses.replace(pair, weight=1) for pair in pairs))
    for one, other in zip(found.curve(), alike.curve(), strict=True):
        for name in ("precision", "recall", "f1"):
            shares = getattr(one, name), getattr(other, name)
            assert shares[0].value == shares[1].value
            assert (shares[0].low, shares[0].high) == pytest.approx((shares[1].low, shares[1].high))
    heavy = Evaluation((*pairs[:6], dataclasses.replace(pairs[6], weight=940)))
    assert heavy.at(0.5).precision.value == 0.05
    assert heavy.at(0.5).precision.high > 0.7  # all but one pair say next to nothing


def test_an_evaluation_shows_itself() -> None:
    found = evaluation([(True, 0.9), (True, 0.2), (False, 0.7)])
    text = str(found)
    assert "3 labelled pairs: 2 versions, 1 not; 1 version below 0.5" in text
    assert "0.50  2        0.50 (0.09 to 0.91)" in text
    assert "0.99  0        –" in text
    root = ET.fromstring(found.to_svg())
    assert {"precision", "recall", "min_probability"} <= {node.text for node in root.iter()}
    assert found._repr_html_().count("<tr>") == 8
    json.dumps(found.to_dict(), allow_nan=False)
    ET.fromstring(evaluation([]).to_svg())
