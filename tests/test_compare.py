from __future__ import annotations

import json
import pickle
import time
from collections import Counter
from itertools import pairwise

import pytest
from harbour import read_document
from hypothesis import example, given, settings
from hypothesis import strategies as st
from newsroom import Newsroom
from oracles import words
from strategies import news_text, texts

import dedup
from dedup import Article, Comparison, InputError, Passage, PassageKind, Verdict, align, compare
from dedup.text.marks import Mark

K = PassageKind
SEEN = settings(deadline=None, max_examples=80)
PRINTED = "Rain fell on the old harbour of Larsvik all day and nobody there minded it. "
"""Printed twice, the second printing is furniture."""


def mirrored(passage: Passage) -> Passage:
    swapped = {K.ADDED: K.DROPPED, K.DROPPED: K.ADDED}
    return Passage(
        swapped.get(passage.kind, passage.kind),
        passage.b,
        passage.a,
        passage.similarity,
        passage.moved,
        tuple(sorted((b, a) for a, b in passage.copied)),
        tuple(sorted((type(c)(c.kind, c.b, c.a) for c in passage.changes), key=repr)),
    )


def sorted_inside(passage: Passage) -> Passage:
    return mirrored(mirrored(passage))


def kinds(found: Comparison) -> set[PassageKind]:
    return {passage.kind for passage in found.passages}


def of_kind(found: Comparison, kind: PassageKind, side: str) -> str:
    """Join the sentences of one side that stand in passages of a kind."""
    return " | ".join(s.text for p in found.passages if p.kind is kind for s in getattr(p, side))


# --- the plain cases


def test_the_same_text_is_identical(newsroom: Newsroom) -> None:
    text = newsroom.story()
    found = compare(text, text)
    assert (found.verdict, found.probability, found.is_version) == (Verdict.IDENTICAL, 1.0, True)
    assert (found.jaccard, found.containment_a, found.containment_b) == (1.0, 1.0, 1.0)
    assert (found.coverage_a, found.coverage_b) == (1.0, 1.0)
    assert kinds(found) == {K.COPIED}


def test_case_and_punctuation_are_put_aside(newsroom: Newsroom) -> None:
    text = newsroom.story()
    found = compare(text, newsroom.shouted(text))
    assert found.verdict is Verdict.IDENTICAL
    assert found.jaccard == 1.0


def test_another_word_is_not_identical(newsroom: Newsroom) -> None:
    text = newsroom.story()
    found = compare(text, text + " Perhaps.")
    assert found.verdict is Verdict.SYNDICATED
    assert found.is_version


@pytest.mark.parametrize("seed", range(8))
def test_a_copy_that_was_cut_and_given_another_lead_is_syndicated(seed: int) -> None:
    room = Newsroom(seed)
    text = room.story(15)
    found = compare(text, room.syndicated(text))
    assert found.verdict is Verdict.SYNDICATED
    assert found.is_version
    assert found.probability >= 0.5
    assert found.coverage_b > found.coverage_a > 0.5
    assert of_kind(found, K.DROPPED, "a").endswith(text.rsplit(". ", 1)[-1])


@pytest.mark.parametrize("seed", range(8))
def test_an_excerpt_is_syndicated(seed: int) -> None:
    room = Newsroom(seed)
    text = room.story(18)
    found = compare(room.excerpt(text), text)
    assert found.verdict is Verdict.SYNDICATED
    assert found.containment_a == 1.0
    assert found.containment_b < 0.5
    assert found.coverage_a == 1.0
    assert kinds(found) == {K.COPIED, K.ADDED}


@pytest.mark.parametrize("seed", range(8))
def test_two_notices_of_one_template_are_no_versions(seed: int) -> None:
    room = Newsroom(seed)
    found = compare(room.earnings(), room.earnings())
    assert found.jaccard > 0.3
    assert found.verdict is Verdict.TEMPLATE
    assert not found.is_version
    assert found.probability < 0.5


@pytest.mark.parametrize("seed", range(20))
def test_two_stories_are_unrelated(seed: int) -> None:
    room = Newsroom(seed)
    found = compare(room.story(), room.story())
    assert found.verdict is Verdict.UNRELATED
    assert found.probability < 0.2


def test_a_shared_part_is_partial(newsroom: Newsroom) -> None:
    shared = newsroom.story(3)
    found = compare(
        f"{newsroom.story(9)}\n\n{shared}\n\n{newsroom.story(6)}",
        f"{newsroom.story(6)}\n\n{shared}\n\n{newsroom.story(9)}",
    )
    assert found.verdict is Verdict.PARTIAL
    assert of_kind(found, K.COPIED, "b") == " | ".join(
        sentence if sentence.endswith(".") else sentence + "." for sentence in shared.split(". ")
    )


@pytest.mark.parametrize(
    ("a", "b", "verdict"),
    [
        ("", "", Verdict.IDENTICAL),
        ("...", "!", Verdict.IDENTICAL),
        ("Rain", "rain!", Verdict.IDENTICAL),
        ("Rain", "Snow", Verdict.UNRELATED),
        ("", "Rain", Verdict.UNRELATED),
        ("", "Rain fell on the town. It stopped at noon.", Verdict.UNRELATED),
        ("Rain", "The mayor resigned on Monday after a vote in the town hall.", Verdict.UNRELATED),
    ],
)
def test_texts_of_one_word_or_none(a: str, b: str, verdict: Verdict) -> None:
    for found in (compare(a, b), compare(b, a)):
        assert found.verdict is verdict
        assert found.is_version == (verdict is Verdict.IDENTICAL)


# --- the seeds


def test_seeds_are_rewritten(seed_texts: tuple[str, str]) -> None:
    found = compare(*seed_texts)
    assert found.verdict is Verdict.REWRITTEN
    assert found.is_version
    assert found.probability >= 0.5
    assert round(found.jaccard, 3) == 0.038
    assert K.COPIED not in kinds(found)


def test_seeds_second_story_is_added(seed_texts: tuple[str, str]) -> None:
    added = of_kind(compare(*seed_texts), K.ADDED, "b")
    for phrase in ("a court in Tehran", "coup plotters", "filed a legal petition", "punitive"):
        assert phrase in added


def test_seeds_furniture_is_boilerplate(seed_texts: tuple[str, str]) -> None:
    found = compare(*seed_texts)
    assert of_kind(found, K.BOILERPLATE, "a") == (
        "Comments are closed, but trackbacks and pingbacks are open."
    )
    boilerplate = of_kind(found, K.BOILERPLATE, "b")
    for line in ("Tuesday, October 31, 2023", "Date:", "Latest stories"):
        assert line in boilerplate
    assert "Ryabkov" not in boilerplate


def test_seeds_furniture_does_not_count(seed_texts: tuple[str, str]) -> None:
    older, newer = seed_texts
    bare = newer.replace("Tuesday, October 31, 2023", "").replace("Latest stories", "")
    assert compare(older, bare.strip()).coverage_b == compare(older, newer).coverage_b


def test_seeds_show_facts_that_differ(seed_texts: tuple[str, str]) -> None:
    linked = [p for p in compare(*seed_texts).passages if p.a and p.b]
    assert sum(p.kind is K.REWRITTEN for p in linked) >= 8
    assert any(p.copied for p in linked)
    assert any(p.changes for p in linked)


# --- what holds for any two texts


@SEEN
@given(texts, texts)
def test_shares_of_shingles_equal_those_of_naive_sets(a: str, b: str) -> None:
    check_shares(a, b)


@SEEN
@given(news_text, news_text)
def test_shares_of_shingles_of_news_equal_those_of_naive_sets(a: str, b: str) -> None:
    check_shares(a, b)
    check_shares(a, a + " " + b)


def check_shares(a: str, b: str) -> None:
    first, second = (_shingles(text) for text in (a, b))
    found = compare(a, b)
    both = len(first & second)
    if first or second:
        assert found.jaccard == both / len(first | second)
        assert found.containment_a == (both / len(first) if first else 0.0)
        assert found.containment_b == (both / len(second) if second else 0.0)
    else:
        assert (found.jaccard, found.containment_a, found.containment_b) == (1.0, 1.0, 1.0)


def _shingles(text: str) -> set[tuple[str, ...]]:
    found = words(text)
    if len(found) < 3:
        return {tuple(found)} if found else set()
    return {tuple(found[at : at + 3]) for at in range(len(found) - 2)}


@SEEN
@given(texts, texts)
def test_swapping_mirrors_any_result(a: str, b: str) -> None:
    check_mirror(a, b)


@SEEN
@given(st.lists(news_text, min_size=3, max_size=6), st.randoms(use_true_random=False))
def test_swapping_mirrors_a_reordered_text(parts: list[str], chance: object) -> None:
    other = parts[1:] + parts[:1]
    check_mirror("\n\n".join(parts), "\n\n".join(other[:-1]))


def test_swapping_mirrors_plain_cases(newsroom: Newsroom, seed_texts: tuple[str, str]) -> None:
    text = newsroom.story()
    check_mirror(*seed_texts)
    check_mirror(text, newsroom.syndicated(text))
    check_mirror(newsroom.earnings(), newsroom.earnings())


def check_mirror(a: str, b: str) -> None:
    there, back = compare(a, b), compare(b, a)
    assert there.verdict is back.verdict
    assert there.probability == back.probability
    assert there.jaccard == back.jaccard
    assert (there.containment_a, there.containment_b) == (back.containment_b, back.containment_a)
    assert (there.coverage_a, there.coverage_b) == (back.coverage_b, back.coverage_a)
    assert Counter(map(mirrored, back.passages)) == Counter(map(sorted_inside, there.passages))


@SEEN
@given(texts, texts)
def test_passages_hold_every_word_once_at_its_place(a: str, b: str) -> None:
    check_passages(compare(a, b))


def test_passages_of_plain_cases_hold_every_word_once(
    newsroom: Newsroom, seed_texts: tuple[str, str]
) -> None:
    text = newsroom.story()
    check_passages(compare(*seed_texts))
    check_passages(compare(text, newsroom.syndicated(text)))


def check_passages(found: Comparison) -> None:
    for side in ("a", "b"):
        text = getattr(found, side).text
        sentences = sorted(
            (s for passage in found.passages for s in getattr(passage, side)),
            key=lambda s: s.start,
        )
        assert all(text[s.start : s.end] == s.text for s in sentences)
        assert all(one.end <= other.start for one, other in pairwise(sentences))
        assert [word for s in sentences for word in words(s.text)] == words(text)
    order = [passage.b[0].start for passage in found.passages if passage.b]
    assert order == sorted(order)
    for passage in found.passages:
        check_kind(passage)
        for in_a, in_b in passage.copied:
            run = words(found.a.text[in_a.start : in_a.end])
            assert run
            assert run == words(found.b.text[in_b.start : in_b.end])


def check_kind(passage: Passage) -> None:
    assert passage.a or passage.b
    if passage.kind is K.ADDED:
        assert not passage.a
    if passage.kind is K.DROPPED:
        assert not passage.b
    if passage.kind in {K.COPIED, K.REWRITTEN}:
        assert passage.a
        assert passage.b
    assert 0.0 <= passage.similarity <= 1.0


@SEEN
@example(PRINTED, PRINTED)
@given(texts, texts)
def test_version_and_probability_agree(a: str, b: str) -> None:
    for first, second in ((a, b), (a, a), (a, a + b)):
        found = compare(first, second)
        assert 0.0 <= found.probability <= 1.0
        assert found.is_version == (found.probability >= 0.5)
        assert 0.0 <= found.coverage_a <= 1.0
        assert 0.0 <= found.coverage_b <= 1.0
        same = words(first) == words(second) or told(first) == told(second)
        assert (found.verdict is Verdict.IDENTICAL) == same


def told(text: str) -> list[int]:
    """Give the words of a text without its furniture; a second printing of itself is some."""
    whole = read_document(text)
    kept = (whole.marks & Mark.FURNITURE) == 0
    numbers: list[int] = whole.words[kept if kept.any() else ...].tolist()
    return numbers


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Rain \ud800 fell on the town. Snow \udfff followed.", id="lone surrogate"),
        pytest.param("Rain\0fell on the town.\0\0Snow followed.", id="NUL"),
        pytest.param("سقط المطر على المدينة. ثم تساقطت الثلوج عند الظهر.", id="Arabic"),
        pytest.param("ירד גשם על העיר. אחר כך ירד שלג בצהריים.", id="Hebrew"),
        pytest.param("昨天下午城里下了雨。中午又下了雪。", id="Chinese"),
        pytest.param("昨日、町に雨が降った。正午には雪になった。", id="Japanese"),
        pytest.param("어제 마을에 비가 내렸다. 정오에는 눈이 왔다.", id="Korean"),
        pytest.param("เมื่อวานฝนตกในเมือง ตอนเที่ยงหิมะตก", id="Thai"),
    ],
)
def test_odd_texts_are_compared_and_shown(text: str) -> None:
    assert compare(text, text).verdict is Verdict.IDENTICAL
    found = compare(text, text[: len(text) * 2 // 3])
    assert found.containment_b > 0.5
    check_passages(found)
    assert json.loads(found.to_json())["verdict"] == found.verdict.value
    assert found.to_html().startswith("<!")
    assert str(found)


# --- arguments and views


@pytest.mark.parametrize("wrong", [b"Rain fell.", None, 5, ["Rain fell."], {"text": "Rain."}])
def test_what_is_no_text_is_refused_by_name(wrong: object) -> None:
    for call in (compare, align):
        with pytest.raises(InputError, match=r"^a: got .*wanted a str or a dedup\.Article"):
            call(wrong, "Rain fell.")  # type: ignore[arg-type]
        with pytest.raises(InputError, match=r"^b: got"):
            call("Rain fell.", wrong)  # type: ignore[arg-type]


def test_articles_and_texts_give_the_same(newsroom: Newsroom) -> None:
    text = newsroom.story()
    copy = newsroom.syndicated(text)
    articles = compare(Article("x", text, title="T", source="S"), Article("y", copy))
    plain = compare(text, copy)
    assert (articles.a.id, articles.b.id) == ("x", "y")
    assert articles.passages == plain.passages
    assert (articles.verdict, articles.probability) == (plain.verdict, plain.probability)
    assert compare(Article("x", text), copy).probability == plain.probability


def test_align_gives_what_compare_shows(newsroom: Newsroom) -> None:
    text = newsroom.story()
    copy = newsroom.syndicated(text)
    found, aligned = compare(text, copy), align(text, copy)
    assert aligned.passages == found.passages
    assert (aligned.coverage_a, aligned.coverage_b) == (found.coverage_a, found.coverage_b)
    assert aligned.regions
    for region in aligned.regions:
        assert text[region.a.start : region.a.end].strip()
        assert copy[region.b.start : region.b.end].strip()


def test_views_show_the_result(newsroom: Newsroom) -> None:
    text = newsroom.story()
    found = compare(Article("ours", text), Article("theirs", newsroom.syndicated(text)))
    plain = found.to_dict()
    assert plain["verdict"] == "syndicated"
    assert plain["probability"] == pytest.approx(found.probability)
    assert json.loads(found.to_json()) == json.loads(json.dumps(plain))
    assert str(found).startswith("SYNDICATED")
    assert "theirs" in found.to_html()


def test_a_result_is_frozen(newsroom: Newsroom) -> None:
    found = compare("Rain fell.", "Rain fell.")
    with pytest.raises(AttributeError):
        found.probability = 0.5  # type: ignore[misc]
    assert dedup.Comparison is type(found)


# --- size


def test_five_megabytes_take_seconds() -> None:
    room = Newsroom(5)
    stories = "\n\n".join(room.story(60) for _ in range(40))
    long = f"{stories}\n\n" * (5_000_000 // len(stories) + 1)
    assert len(long) >= 5_000_000
    began = time.process_time()
    found = compare(long, room.story())
    assert time.process_time() - began < 30
    assert found.verdict is Verdict.UNRELATED


def test_lines_of_one_word_take_linear_time() -> None:
    def seconds(lines: int) -> float:
        began = time.process_time()
        assert compare("rain\n" * lines, "rain\nsnow\n" * (lines // 2)).jaccard < 1
        return time.process_time() - began

    seconds(100)
    assert seconds(20_000) < 25 * max(seconds(2_000), 0.05)


# --- passages are made when they are asked for


def test_passages_that_wait_are_those_of_the_texts(newsroom: Newsroom) -> None:
    one = newsroom.story()
    pairs = [(one, newsroom.story()), (one, f"{PRINTED}\n\n{one}"), (f"{PRINTED}{PRINTED}", "")]
    for found, (a, b) in zip(dedup.compare_many(pairs, threads=2), pairs, strict=True):
        aligned = align(a, b)
        assert found.passages == aligned.passages
        assert found.passages is found.passages
        assert (found.coverage_a, found.coverage_b) == (aligned.coverage_a, aligned.coverage_b)


def test_a_comparison_is_pickled_with_its_passages(newsroom: Newsroom) -> None:
    a, b = newsroom.story(), newsroom.story()
    for found in (compare(a, b), *dedup.compare_many([(a, b)])):
        again = pickle.loads(pickle.dumps(found))
        assert again == found
        assert again.passages == align(a, b).passages


@given(texts, texts)
@SEEN
def test_coverage_is_the_share_of_words_in_linked_passages(a: str, b: str) -> None:
    found = compare(a, b)
    for side, covered in (("a", found.coverage_a), ("b", found.coverage_b)):
        own = [p for p in found.passages if p.kind is not K.BOILERPLATE]
        sizes = [sum(len(words(s.text)) for s in getattr(p, side)) for p in own]
        linked = sum(n for p, n in zip(own, sizes, strict=True) if p.a and p.b)
        assert covered == pytest.approx(linked / sum(sizes) if sum(sizes) else 0.0)
