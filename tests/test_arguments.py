"""What is said of an argument that cannot be used: which it is, what came, what was wanted."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_type_hints

import pytest

import dedup
from dedup import Fields, Index, InputError
from dedup.dump import read

TEXT = "Rain fell on Oslo."
WRONG: dict[str, Callable[[], Any]] = {
    "a: got None, wanted a str or a dedup.Article": lambda: dedup.compare(None, TEXT),  # type: ignore[arg-type]
    "b: got 5, wanted a str or a dedup.Article": lambda: dedup.align(TEXT, 5),  # type: ignore[arg-type]
    "sources: got 'Rain', wanted an iterable": lambda: dedup.trace(TEXT, "Rain"),
    "texts: got 'Rain', wanted an iterable of str": lambda: dedup.sketch("Rain"),
    "texts: got bytes": lambda: dedup.sketch(b"Rain"),  # type: ignore[arg-type]
    "texts: got 7": lambda: dedup.sketch(7),  # type: ignore[arg-type]
    "texts[1]: got 2, wanted a str": lambda: dedup.sketch([TEXT, 2]),  # type: ignore[list-item]
    "seed: got -1, wanted an int of 0 or more": lambda: dedup.sketch([TEXT], seed=-1),
    "threads: got 0, wanted an int of 1 or more": lambda: dedup.sketch([TEXT], threads=0),
    "path: got 5, wanted a path, as str or Path": lambda: Index().save(5),  # type: ignore[arg-type]
    "path: got None, wanted a path": lambda: Index.load(None),  # type: ignore[arg-type]
    "path: got bytes b'x', wanted a path": lambda: Index.load(b"x"),  # type: ignore[arg-type]
    "folder: got None, wanted a path": lambda: dedup.scan([TEXT]).write(None),  # type: ignore[arg-type]
    "checkpoint: got 3, wanted a path": lambda: dedup.scan([TEXT], checkpoint=3),  # type: ignore[arg-type]
    "progress: got 1, wanted": lambda: dedup.scan([TEXT], progress=1),  # type: ignore[arg-type]
    "progress: got 3, wanted a function": lambda: dedup.scan([TEXT]).write("new", progress=3),  # type: ignore[arg-type]
    "fields: got dict {'text': 'x'}, wanted a dedup.Fields": lambda: dedup.scan(
        [TEXT], fields={"text": "x"}
    ),  # type: ignore[arg-type]
    "Fields.text: got 3": lambda: Fields(text=3),  # type: ignore[arg-type]
    "encoding: got 'utf-9'": lambda: list(read("x.jsonl", encoding="utf-9")),
}


@pytest.mark.parametrize("told", WRONG)
def test_a_wrong_argument_is_named_with_what_came_and_what_was_wanted(
    told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=f"^{re.escape(told)}"):
        WRONG[told]()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_no_index_and_the_message_says_so(tmp_path: Path) -> None:
    with pytest.raises(dedup.FormatError, match="a folder that is not a dedup index"):
        Index.load(tmp_path)


def test_a_strictly_typed_client_may_give_a_date_as_text_and_unpack_a_traced_sentence() -> None:
    given = get_type_hints(dedup.Article.__init__)
    assert given["date"] == datetime.date | str | None
    assert issubclass(dedup.Attribution, tuple)
    assert get_type_hints(dedup.Attribution)["source"] == int | None
