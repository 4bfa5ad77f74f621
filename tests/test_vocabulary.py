"""Word ids and the background of document frequencies."""

from __future__ import annotations

import math

import numpy as np
import oracles
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import COMPILED, texts

from dedup.reading.texts import read
from dedup.text.vocabulary import (
    BUCKET_SHIFT,
    Vocabulary,
    background,
    english,
    language_of,
    languages_of,
    word_ids,
)
from dedup.text.words import read_words

SMALL = Vocabulary(
    ids=np.array([3, 7, 20], dtype=np.uint32),
    frequencies=np.array([99, 1, 10], dtype=np.uint16),
    documents=99,
)


@given(texts)
@COMPILED
def test_ids_are_those_of_the_compiled_reader_and_of_the_twin(text: str) -> None:
    ids = word_ids(read(text).words)
    assert ids.dtype == np.uint32
    assert ids.tolist() == read_words([text]).values.tolist()
    assert [ids.tolist()] == oracles.read_words([text])


@given(st.lists(st.text(min_size=1, max_size=8), max_size=8))
def test_ids_equal_the_twin(found: list[str]) -> None:
    assert word_ids(found).tolist() == [oracles.word_id(word) for word in found]


def test_ids_do_not_depend_on_the_words_around() -> None:
    long = "x" * 100_000
    together = word_ids(["rain", long, "雨", "rain"]).tolist()
    assert together == [int(word_ids([word])[0]) for word in ("rain", long, "雨", "rain")]


def test_ids_are_fixed_since_indexes_and_tables_are_saved_with_them() -> None:
    expected = [820191141, 2663021671, oracles.word_id("дождь"), oracles.word_id("\ud800")]
    assert word_ids(["rain", "fell", "дождь", "\ud800"]).tolist() == expected
    assert len(word_ids([])) == 0


def test_ids_tell_short_words_apart() -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    found = [a + b + c for a in letters for b in letters for c in letters]
    assert len(set(word_ids(found).tolist())) >= len(found) - 1


def test_a_word_is_looked_up_or_counts_as_one() -> None:
    ids = np.array([20, 3, 0, 7, 21, 2**32 - 1, 3], dtype=np.uint32)
    found = SMALL.document_frequencies(ids)
    assert found.dtype == np.float32
    assert found.tolist() == [10, 99, 1, 1, 1, 1, 99]
    assert len(SMALL.document_frequencies(ids[:0])) == 0


def test_idf_follows_its_formula() -> None:
    ids = np.array([3, 7, 20, 8], dtype=np.uint32)
    expected = [math.log(100 / 99), math.log(100), math.log(10), math.log(100)]
    assert SMALL.idf(ids).dtype == np.float32
    assert SMALL.idf(ids).tolist() == pytest.approx(expected, abs=1e-5)


def test_the_background_is_a_sound_table() -> None:
    table = english()
    assert table is english()
    assert table.documents == 58_822
    assert (np.diff(table.ids.astype(np.int64)) > 0).all()
    assert len(table.ids) == len(table.frequencies)
    assert 1 <= table.frequencies.min() <= table.frequencies.max() <= table.documents
    assert (table.idf(table.ids) >= 0).all()


def test_the_background_knows_how_rare_english_words_are() -> None:
    ranked = ["the", "said", "government", "senator", "kamikaze", "qwxzzy"]
    idf = english().idf(word_ids(ranked)).tolist()
    assert idf == sorted(idf)
    assert len(set(idf)) == len(idf)


def test_ids_of_words_with_any_characters_equal_the_twin() -> None:
    words = ["", "a\0b", "\0", "x" * 64, "中", "\ud800", "a"]
    assert word_ids(words).tolist() == [oracles.word_id(word) for word in words]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The council voted on Tuesday to close the old bridge to lorries."),
        ("de", "Der Stadtrat hat am Dienstag beschlossen, die alte Brücke zu sperren."),
        ("nl", "De gemeenteraad besloot dinsdag om de oude brug af te sluiten."),
        ("ur", "شہر کی کونسل نے منگل کو پرانے پل کو بند کرنے کا فیصلہ کیا۔"),
        ("fa", "شورای شهر روز سه شنبه تصمیم گرفت که پل قدیمی را ببندد."),
        ("uk", "Міська рада у вівторок вирішила закрити старий міст для вантажівок."),
        ("ja", "市議会は火曜日、古い橋を閉鎖することを決めた。"),
        ("zh", "市议会周二决定关闭这座旧桥，禁止卡车通行。"),
        ("ko", "시의회는 화요일 낡은 다리를 폐쇄하기로 결정했다."),
        ("", "4711 0815 xqzzv"),
        ("", ""),
    ],
)
def test_the_language_of_a_text_is_told(language: str, text: str) -> None:
    assert language_of(word_ids(read(text).words)) == language


def test_a_text_in_two_languages_has_none() -> None:
    english_half = "The council of the town has said that it will not open the bridge again. " * 8
    german_half = "Der Rat der Stadt hat gesagt, dass er die Brücke nicht wieder öffnen wird. " * 8
    both = read_words([english_half, german_half, english_half + german_half])
    assert languages_of(both) == ["en", "de", ""]


def test_each_language_has_a_background_of_its_own() -> None:
    spanish = background("es")
    ids, idf, buckets, unlisted, mask = spanish
    assert (ids & mask == ids).all()
    assert (np.diff(ids.astype(np.int64)) > 0).all()
    assert (ids.dtype, idf.dtype, buckets.dtype) == (np.uint32, np.float32, np.int64)
    ranked = word_ids(["de", "gobierno", "lluvia", "helicóptero"])
    found = spanish.idf_of(ranked).tolist()
    assert found == sorted(found)
    assert len(set(found)) == 4
    assert found[-1] < unlisted
    for at, word in enumerate(ids.tolist()[:500]):
        bucket = word >> BUCKET_SHIFT
        assert buckets[bucket] <= at < buckets[bucket + 1]


def test_english_and_what_has_no_table_use_the_english_background() -> None:
    for language in ("en", "", "xx"):
        for mine, theirs in zip(background(language), english().as_background(), strict=True):
            assert np.array_equal(mine, theirs)
