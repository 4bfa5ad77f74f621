"""Frozen values with slots: dataclasses whose functions are made when they begin to pay.

``dataclasses.dataclass`` writes and compiles half a dozen functions for each class, which takes
half a millisecond; most processes make values of a few of the classes alone. What is made is what
it makes: ``fields``, ``replace``, ``asdict``, equality, order, ``repr`` and pickles are the same.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn, TypeVar, dataclass_transform

T = TypeVar("T")

_MADE = ("__init__", "__repr__", "__eq__", "__hash__")
_ORDERED = ("__lt__", "__le__", "__gt__", "__ge__")
_FIELDS, _PARAMS = "__dataclass_fields__", "__dataclass_params__"


@dataclass_transform(frozen_default=True)
def frozen(
    *,
    order: bool = False,
    hidden: tuple[str, ...] = (),
    unhashed: tuple[str, ...] = (),
    deferred: tuple[str, ...] = (),
) -> Callable[[type[T]], type[T]]:
    """Make a class a frozen dataclass with slots.

    ``hidden`` fields are left out of its ``repr``, ``unhashed`` ones, which may be dicts, out of
    its hash.

    A ``deferred`` field may be given as a function without arguments: the field is what that
    gives, and it is called when the field is first read.

    >>> @frozen()
    ... class Point:
    ...     x: int
    ...     y: int = 0
    >>> Point(1), Point(1) == Point(1, 0)
    (Point(x=1, y=0), True)
    """

    def decorate(cls: type[T]) -> type[T]:
        made = _with_slots(cls, order, hidden, unhashed)
        for name in deferred:
            setattr(made, name, _Deferred(vars(made)[name]))
        return made

    return decorate


def _with_slots(
    cls: type[T], order: bool, hidden: tuple[str, ...], unhashed: tuple[str, ...]
) -> type[T]:
    """Make the class anew: slots and class attributes of one name do not go together."""
    own = tuple(cls.__annotations__)
    space = {name: held for name, held in vars(cls).items() if name not in own}
    for name in ("__dict__", "__weakref__"):
        space.pop(name, None)
    names = [name for base in cls.__bases__ for name in getattr(base, "__match_args__", ())]
    methods = (*_MADE, *_ORDERED) if order else _MADE
    recipe = _Recipe(methods=[name for name in methods if name not in space], hidden=hidden)
    recipe.order, recipe.unhashed = order, unhashed
    recipe.defaults = {name: vars(cls)[name] for name in own if name in vars(cls)}
    space |= {name: _first_call(name) for name in recipe.methods}
    space |= {
        "__slots__": own,
        "__match_args__": (*names, *own),
        "__setattr__": _refuse,
        "__delattr__": _refuse,
        "__getstate__": _state,
        "__setstate__": _restore,
        "_recipe": recipe,
        _FIELDS: _Lazy(_FIELDS),
        _PARAMS: _Lazy(_PARAMS),
    }
    maker: Any = type(cls)
    made: type[T] = maker(cls.__name__, cls.__bases__, space)
    return made


@contextmanager
def many_values() -> Iterator[None]:
    """Make very many values that hold no circles: Python does not search them for some meanwhile.

    It would look through all there are again and again while they grow.

    >>> with many_values():
    ...     found = [(number,) for number in range(3)]
    """
    searches = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searches:
            gc.enable()


class _Recipe:
    """What the functions of a class are to be made of; ``first``: no value was made yet."""

    def __init__(self, methods: Iterable[str], hidden: tuple[str, ...]) -> None:
        self.methods = list(methods)
        self.hidden = hidden
        self.unhashed: tuple[str, ...] = ()
        self.order = False
        self.first = True
        self.defaults: dict[str, object] = {}

    @property
    def special(self) -> set[str]:
        """The fields that are not like others."""
        return {*self.hidden, *self.unhashed}

    def options(self, name: str) -> dict[str, Any]:
        """Give what ``dataclasses.field`` is to be told of such a field."""
        default = {"default": self.defaults[name]} if name in self.defaults else {}
        hashed = False if name in self.unhashed else None
        return {"repr": name not in self.hidden, "hash": hashed, **default}


def _complete(cls: type) -> None:
    """Let ``dataclass`` make the functions, for a twin, and take them over."""
    from dataclasses import dataclass, field

    holder = _holder(cls)
    space: dict[str, Any] = {"__annotations__": {}, "__module__": holder.__module__}
    for base in reversed(holder.__mro__):
        recipe = vars(base).get("_recipe")
        if recipe is not None:
            space["__annotations__"] |= base.__annotations__
            space |= recipe.defaults
            space |= {name: field(**recipe.options(name)) for name in recipe.special}
    recipe = holder._recipe
    twin: Any = dataclass(frozen=True, order=recipe.order)(type(holder.__name__, (), space))
    for name in recipe.methods:
        setattr(holder, name, vars(twin)[name])
    setattr(holder, _PARAMS, getattr(twin, _PARAMS))
    setattr(holder, _FIELDS, getattr(twin, _FIELDS))


def _holder(cls: type) -> Any:
    return next(base for base in cls.__mro__ if "_recipe" in vars(base))


def _first_call(name: str) -> Callable[..., Any]:
    """Stand in for a function until it is called."""

    def method(self: Any, *args: Any, **named: Any) -> Any:
        if name == "__init__" and _is_only_one(self, args, named):
            return None
        _complete(type(self))
        return getattr(self, name)(*args, **named)

    method.__name__ = name
    return method


def _is_only_one(made: Any, args: tuple[Any, ...], named: dict[str, Any]) -> bool:
    """Fill the first value of a class, if all of its fields are given: it may be the only one."""
    recipe = _holder(type(made))._recipe
    first, recipe.first = recipe.first, False
    names = made.__match_args__
    if not first or named.keys() != set(names[len(args) :]) or len(args) > len(names):
        return False
    for name, held in (*zip(names, args, strict=False), *named.items()):
        object.__setattr__(made, name, held)
    return True


class _Lazy:
    """An attribute of the class that :func:`_complete` puts in place of this one."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, of: object, cls: type) -> Any:
        _complete(cls)
        return getattr(cls, self.name)


class _Deferred:
    """A field over its slot, which holds the value or the function that will give it."""

    def __init__(self, slot: Any) -> None:
        self.slot = slot

    def __get__(self, of: object, cls: type) -> Any:
        if of is None:
            return self
        held = self.slot.__get__(of)
        if callable(held):
            held = held()
            self.slot.__set__(of, held)
        return held

    def __set__(self, of: object, held: object) -> None:
        self.slot.__set__(of, held)


def _refuse(self: object, name: str, *value: object) -> NoReturn:
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"cannot {'assign to' if value else 'delete'} field {name!r}")


def _state(self: Any) -> list[Any]:
    return [getattr(self, name) for name in self.__match_args__]


def _restore(self: Any, state: list[Any]) -> None:
    for name, held in zip(self.__match_args__, state, strict=True):
        object.__setattr__(self, name, held)
