"""Records with one id: which is kept hangs on what they say, in a file and in memory alike."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dedup
from dedup import Article
from dedup.arrays import encoded
from dedup.candidates._sketches import row_digests
from dedup.dump.ids import content_key
from dedup.text.words import words_of_utf8

Row = dict[str, Any]
TEXTS = ("Rain fell on Oslo.", "rain fell on Oslo!", "Snow fell on Rome.", "Sun at last.", "...")
rows_of_few_ids = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.sampled_from(["a", "b", "c", 1]),
            "text": st.sampled_from(TEXTS),
            "title": st.sampled_from(["", "Rain &amp; snow", "Sun"]),
            "date": st.sampled_from(["2024-01-02", "2024-01-03T10:00:00Z", "soon"]),
            "url": st.sampled_from(["", "http://www.post.example/1"]),
        }
    ),
    min_size=1,
    max_size=12,
)


def as_lines(rows: Sequence[Row], folder: Path) -> Any:
    path = folder / "a.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    return path


def as_packed_lines(rows: Sequence[Row], folder: Path) -> Any:
    for number, part in enumerate((rows[::2], rows[1::2])):
        if part:
            text = "\n".join(map(json.dumps, part))
            (folder / f"{number}.jsonl.gz").write_bytes(gzip.compress(text.encode()))
    return folder


def as_array(rows: Sequence[Row], folder: Path) -> Any:
    path = folder / "a.json"
    path.write_text(json.dumps(list(rows)))
    return path


def at_hand(rows: Sequence[Row], folder: Path) -> Any:
    return list(rows)


def only_once(rows: Sequence[Row], folder: Path) -> Any:
    return iter(list(rows))


FORMS: Sequence[Callable[[Sequence[Row], Path], Any]] = (
    as_lines,
    as_packed_lines,
    as_array,
    at_hand,
    only_once,
)


def precedence(article: Article) -> tuple[int, int]:
    text = encoded([article.text])
    words = words_of_utf8(text)
    digest = int(row_digests(words.values, words.offsets)[0, 0])
    return digest, content_key(article, crc32(text.values.tobytes()))


def said(articles: Sequence[Article]) -> list[tuple[object, ...]]:
    return sorted((a.id, a.text, a.title, str(a.date), a.source, a.url) for a in articles)


@pytest.mark.parametrize("form", FORMS)
@settings(deadline=None, max_examples=25)
@given(rows_of_few_ids, st.randoms(use_true_random=False))
def test_whatever_the_order_the_same_record_of_an_id_is_kept(
    form: Callable[[Sequence[Row], Path], Any],
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[Row],
    mixed: random.Random,
) -> None:
    best: dict[str, tuple[tuple[int, int], Article]] = {}
    for row in rows:
        (record,) = dedup.dump.read_values([row])
        assert isinstance(record, dedup.dump.Record)
        one = precedence(record.article), record.article
        best[one[1].id] = min(best.get(one[1].id, one), one, key=lambda both: both[0])
    mixed.shuffle(rows)
    folder = tmp_path_factory.mktemp("dump")
    found = dedup.scan(form(rows, folder), min_probability=1.0, threads=1)
    assert found.articles == len(best)
    assert len(found.rejected) == len(rows) - len(best)
    versions = {member.id for cluster in found.clusters for member in cluster.members}
    kept = [article for _, article in best.values() if article.id not in versions]
    assert said(found.unique()) == said(kept)
    found.write(folder / "out", side_by_side=0)
    lines = (folder / "out" / "unique.jsonl").read_text().splitlines()
    written = [dedup.dump.read_values([json.loads(line)]) for line in lines]
    assert said([record.article for (record,) in map(list, written)]) == said(kept)


def test_the_reason_names_the_record_that_is_kept(tmp_path: Path) -> None:
    texts = ["Rain fell on Oslo.", "Snow fell on Rome.", "Sun at last.", "Fog in Ghent."]
    lines = [json.dumps({"id": 7, "text": text}) for text in texts]
    (tmp_path / "a.jsonl").write_text("\n".join(lines[:2]))
    (tmp_path / "b.jsonl").write_text("\n".join([*lines[2:], json.dumps({"text": " "})]))
    found = dedup.scan(tmp_path)
    (article,) = found.unique()
    place = texts.index(article.text)
    name = f"line {place % 2 + 1} of {tmp_path / ('a.jsonl', 'b.jsonl')[place // 2]}"
    taken = [item for item in found.rejected if "id taken" in item.reason]
    assert [item.reason.endswith(name) for item in taken] == [True] * 3
    places = [(item.source, item.line) for item in found.rejected]
    assert places == sorted(places)
    assert len(places) == 4


def test_near_duplicates_keep_the_record_that_a_scan_keeps() -> None:
    def rows() -> Iterator[Row]:
        for text in ("Rain fell on Oslo all day long.", "Snow fell on Rome."):
            yield {"id": "twice", "text": text}
        yield {"id": "other", "text": "Snow fell on Rome."}
        yield {"id": "third", "text": "Rain fell on Oslo all day long."}

    forth, back = list(rows()), list(rows())[::-1]
    pairs = [dedup.near_duplicates(given) for given in (forth, back)]
    assert len(pairs[0]) == len(pairs[1]) == 1
    assert {*pairs[0][0][:2]} == {*pairs[1][0][:2]}
    (cluster,) = dedup.scan(forth).clusters
    assert {cluster.representative, *(m.id for m in cluster.members)} == {*pairs[0][0][:2]}
