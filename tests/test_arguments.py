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


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("a", lambda name: dedup.compare(name, TEXT)),
        ("pairs[0][1]", lambda name: dedup.compare_many([(TEXT, name)])),
        ("sources[0]", lambda name: dedup.trace(TEXT, [name])),
        ("articles[1]", lambda name: dedup.scan([TEXT, name, name])),
        ("articles[0]", lambda name: Index().add(name)),
        ("article", lambda name: Index().query(name)),
    ],
)
def test_a_str_that_is_a_path_is_a_text_and_the_warning_says_so(
    name: str, call: Callable[[str], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("news.txt").write_text(TEXT)
    told = f"{name}: 'news.txt' is the text here, not the file; Path('news.txt') is the file"
    with pytest.warns(UserWarning, match=re.escape(told)) as warned:
        call("news.txt")
    assert [Path(one.filename).name for one in warned] == [Path(__file__).name]
    for text in ("other.txt", TEXT, "news.txt is here.", "."):
        call(text)  # which would fail at a warning


@pytest.mark.parametrize("text", [f"{TEXT}\n{TEXT}", "Rain fell on Oslo", TEXT * 999, "x" * 5_000])
@pytest.mark.parametrize("call", [dedup.scan, dedup.near_duplicates])
def test_a_text_in_place_of_a_path_is_told(call: Callable[[str], Any], text: str) -> None:
    with pytest.raises(dedup.DumpError, match=r"if it is a text: .* put texts in a list") as raised:
        call(text)
    assert len(str(raised.value)) < 250
    with pytest.raises(dedup.DumpError, match=r"^no such place.jsonl: no such file or folder$"):
        call("no such place.jsonl")


def test_a_folder_is_no_index_and_the_message_says_so(tmp_path: Path) -> None:
    with pytest.raises(dedup.FormatError, match="a folder that is not a dedup index"):
        Index.load(tmp_path)


def test_a_strictly_typed_client_may_give_a_date_as_text_and_unpack_a_traced_sentence() -> None:
    given = get_type_hints(dedup.Article.__init__)
    assert given["date"] == datetime.date | str | None
    assert issubclass(dedup.Attribution, tuple)
    assert get_type_hints(dedup.Attribution)["source"] == int | None
