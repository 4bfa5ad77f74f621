"""Frozen values: what dataclasses of the standard library do, done when it is called for."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError, asdict, dataclass, fields, is_dataclass, replace
from typing import Any

import pytest

from dedup.values import frozen


@frozen(order=True)
class Point:
    x: int
    y: int = 0


@frozen(hidden=("note",))
class Noted:
    at: Point
    note: str


@frozen(hidden=("note",))
class Named(Noted):
    name: str

    def shouted(self) -> str:
        return self.name.upper()


@dataclass(frozen=True, slots=True, order=True)
class Twin:
    x: int
    y: int = 0


NAMED = Named(Point(1), "n", "a")


@pytest.mark.parametrize("number", range(3))
def test_values_are_made_alike_the_first_time_and_later(number: int) -> None:
    made = [Named(Point(k), note="n", name="a") for k in range(number + 1)]
    assert [repr(each) for each in made] == [
        f"Named(at=Point(x={k}, y=0), name='a')" for k in range(number + 1)
    ]
    assert made[number].shouted() == "A"


def test_what_dataclasses_gives_is_given() -> None:
    assert is_dataclass(Named)
    assert [field.name for field in fields(Named)] == ["at", "note", "name"]
    assert asdict(NAMED) == {"at": {"x": 1, "y": 0}, "note": "n", "name": "a"}
    assert replace(NAMED, name="b") == Named(Point(1), "n", "b") != NAMED
    assert {Point(1), Point(1, 0)} == {Point(1)}
    assert sorted([Point(2), Point(1, 5), Point(1)]) == [Point(1), Point(1, 5), Point(2)]
    assert Point.__match_args__ == Twin.__match_args__
    assert Point(1) != Twin(1)
    assert "__dict__" not in dir(Point(1))


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda v: pickle.loads(pickle.dumps(v))]
)
def test_copies_are_equal(again: Any) -> None:
    assert again(NAMED) == NAMED


def test_a_deferred_field_is_made_when_it_is_read_and_once() -> None:
    calls: list[int] = []

    @frozen(deferred=("note",))
    class Late:
        note: Any
        name: str = ""

    def note() -> str:
        calls.append(1)
        return "n"

    late = Late(note)
    assert (late.name, calls) == ("", [])
    assert (late.note, late.note, calls) == ("n", "n", [1])
    for told in (Late(note), replace(Late(note), name="")):
        assert told == Late("n")
        assert repr(told).endswith("Late(note='n', name='')")
        assert (hash(told), asdict(told)) == (hash(Late("n")), {"note": "n", "name": ""})
    with pytest.raises(FrozenInstanceError, match="note"):
        setattr(late, "note", "m")  # noqa: B010


def test_values_are_frozen() -> None:
    point = Point(1, 2)
    for name in ("x", "z"):
        with pytest.raises(FrozenInstanceError, match=name):
            setattr(point, name, 3)
    with pytest.raises(FrozenInstanceError, match="x"):
        del point.x
    assert point == Point(1, 2)


@pytest.mark.parametrize(
    ("given", "named"),
    [((), {}), ((1, 2, 3), {}), ((1,), {"x": 2}), ((1,), {"z": 2}), ((), {"y": 1})],
)
def test_wrong_arguments_are_refused_in_the_words_of_a_dataclass(given: Any, named: Any) -> None:
    """The first time too: a class of its own each."""
    fresh = frozen()(
        type("Twin", (), {"__annotations__": {"x": int, "y": int}, "y": 0, "__module__": __name__})
    )
    with pytest.raises(TypeError) as wanted:
        Twin(*given, **named)
    with pytest.raises(TypeError) as got:
        fresh(*given, **named)
    assert str(got.value) == str(wanted.value)
