"""Values: frozen, with the promised fields; articles check what they are given."""

from __future__ import annotations

import copy
import datetime
import pickle
from dataclasses import FrozenInstanceError, fields, is_dataclass
from enum import StrEnum

import pytest

from dedup import errors, model
from dedup.errors import DedupError, DumpError, FormatError, InputError, MissingExtraError, brief
from dedup.given import as_article
from dedup.model import Article, Attribution, Sentence, Span, Verdict

DATACLASSES = [
    value
    for value in map(model.__dict__.get, model.__all__)
    if isinstance(value, type) and is_dataclass(value)
]
PROMISED = {
    "Article": "id text title date source url",
    "Span": "start end",
    "Sentence": "start end text",
    "Change": "kind a b",
    "Passage": "kind a b similarity moved copied changes",
    "Region": "a b",
    "Aligned": "passages regions",
    "Findings": "verdict probability jaccard containment_a containment_b coverage_a coverage_b"
    " passages",
    "Attribution": "sentence source passage",
    "Match": "id verdict probability jaccard containment",
    "Pair": "a b verdict probability jaccard",
    "Member": "id verdict probability jaccard",
    "Cluster": "id representative members",
    "Rejected": "source line reason",
}
UTC = datetime.UTC


@pytest.mark.parametrize("name", PROMISED)
def test_promised_fields_are_there(name: str) -> None:
    found = getattr(model, name).__match_args__
    assert set(PROMISED[name].split()) <= set(found)


def test_articles_take_their_fields_in_the_promised_order() -> None:
    assert [field.name for field in fields(Article)] == PROMISED["Article"].split()
    article = Article("a", "Rain fell.")
    assert (article.title, article.date, article.source, article.url) == ("", None, "", "")


@pytest.mark.parametrize("kind", DATACLASSES, ids=[kind.__name__ for kind in DATACLASSES])
def test_values_are_frozen_and_slotted(kind: type) -> None:
    assert "__slots__" in vars(kind)
    value: object = object.__new__(kind)
    first = fields(kind)[0].name
    with pytest.raises(FrozenInstanceError):
        setattr(value, first, 1)
    assert not hasattr(value, "__dict__")


def test_values_compare_hash_copy_and_pickle() -> None:
    one, same = Article("a", "Rain.", date=datetime.date(2023, 1, 2)), Article("a", "Rain.")
    assert one != same
    assert len({one, Article("a", "Rain.", date=datetime.date(2023, 1, 2))}) == 1
    assert copy.deepcopy(one) == pickle.loads(pickle.dumps(one)) == one
    assert Span(1, 5) < Span(2, 3)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (None, None),
        ("2023-10-31", datetime.date(2023, 10, 31)),
        ("2023-10-31T08:30:00", datetime.datetime(2023, 10, 31, 8, 30)),
        ("2023-10-31 08:30", datetime.datetime(2023, 10, 31, 8, 30)),
        ("2023-10-31T08:30:00Z", datetime.datetime(2023, 10, 31, 8, 30, tzinfo=UTC)),
        (datetime.date(2023, 10, 31), datetime.date(2023, 10, 31)),
        (datetime.datetime(2023, 10, 31, 8), datetime.datetime(2023, 10, 31, 8)),
    ],
)
def test_dates_are_taken_as_values_or_iso_8601(given: object, expected: object) -> None:
    date = Article("a", "", date=given).date  # type: ignore[arg-type]
    assert date == expected
    assert type(date) is type(expected)


@pytest.mark.parametrize(
    "given", ["", "soon", "31.10.2023", "2023-13-01", "2023-02-30", "２０２３", 5]
)
def test_other_dates_are_refused(given: object) -> None:
    with pytest.raises(InputError, match=r"^Article\.date: got .*, wanted ") as told:
        Article("a", "", date=given)  # type: ignore[arg-type]
    assert repr(given) in str(told.value)


@pytest.mark.parametrize("name", ["id", "text", "title", "source", "url"])
@pytest.mark.parametrize("given", [None, 7, b"bytes", ["x"]])
def test_fields_of_another_type_are_refused(name: str, given: object) -> None:
    values: dict[str, object] = {"id": "a", "text": "t", name: given}
    with pytest.raises(InputError, match=rf"^Article\.{name}: got .*, wanted a str$") as told:
        Article(**values)  # type: ignore[arg-type]
    assert repr(given) in str(told.value)


def test_any_text_at_all_is_an_article() -> None:
    for text in ("", " ", "\0", "\ud800", "雨" * 10):
        assert Article("a", text).text == text


def test_a_plain_text_is_taken_for_an_article() -> None:
    assert as_article("Rain fell.", "a") == Article("a", "Rain fell.")
    article = Article("x", "Rain fell.")
    assert as_article(article, "a") is article
    for given in (None, 7, b"Rain", ["Rain"]):
        with pytest.raises(InputError, match=r"^b: got .*, wanted a str or a dedup\.Article$"):
            as_article(given, "b")  # type: ignore[arg-type]


def test_three_verdicts_are_versions() -> None:
    assert [verdict.value for verdict in Verdict] == [
        *("identical", "syndicated", "rewritten", "partial", "template", "unrelated")
    ]
    versions = [verdict.value for verdict in Verdict if verdict.is_version]
    assert versions == ["identical", "syndicated", "rewritten"]
    assert f"{Verdict.IDENTICAL}" == "identical"


def test_kinds_are_the_promised_ones() -> None:
    def values(kind: type[StrEnum]) -> list[str]:
        return [member.value for member in kind]

    assert values(model.PassageKind) == "copied rewritten added dropped boilerplate".split()
    assert values(model.ChangeKind) == "number date name quote negation".split()
    assert values(model.Derivation) == "wholly partially none".split()


def test_an_attribution_is_the_triple_it_promises() -> None:
    sentence = Sentence(0, 5, "Rain.")
    assert tuple(Attribution(sentence, 2, None)) == (sentence, 2, None)
    assert Attribution(sentence, 2, None) == (sentence, 2, None)
    assert Attribution(sentence, 2, None)[1] == 2


def test_errors_form_one_small_tree() -> None:
    for kind in (InputError, DumpError, FormatError, MissingExtraError):
        assert issubclass(kind, DedupError)
    assert issubclass(InputError, ValueError)
    assert issubclass(MissingExtraError, ImportError)
    assert {"DedupError", "DumpError", "FormatError", "InputError", "MissingExtraError"} <= set(
        errors.__all__
    )


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        ("ab", "'ab'"),
        (None, "None"),
        (True, "True"),
        (b"ab", "bytes b'ab'"),
        ([1], "list [1]"),
        ("x" * 500, "'" + "x" * 58 + "…"),
    ],
)
def test_values_are_shown_briefly(value: object, shown: str) -> None:
    assert brief(value) == shown
