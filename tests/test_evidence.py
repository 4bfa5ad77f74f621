"""The measures of a pair: symmetry, edges, what each of them tells."""

from __future__ import annotations

import time

import numpy as np
import pytest
from harbour import NEWS, OTHER, RETOLD, STORY, found, joined, judged, read_document, read_marked
from hypothesis import given
from hypothesis import strategies as st
from strategies import texts

from dedup.arrays import Ragged
from dedup.text.marks import Mark
from dedup.text.vocabulary import word_ids
from dedup.verdict.limits import COUNTERPARTS
from dedup.verdict.bounds import ENOUGH, KIND_NAMES
from dedup.verdict.measures import MEASURES, named
from dedup.verdict.stories import Stories

pytestmark = pytest.mark.loops


@given(texts, texts)
def test_swapping_the_texts_changes_no_bit(a: str, b: str) -> None:
    assert found(a, b) == found(b, a)


@given(st.lists(st.sampled_from([*STORY, *RETOLD, *OTHER]), max_size=12), st.data())
def test_swapping_news_changes_no_bit(sentences: list[str], data: st.DataObject) -> None:
    others = data.draw(st.lists(st.sampled_from([*STORY, *RETOLD, *OTHER]), max_size=12))
    there, back = found(joined(sentences), joined(others)), found(joined(others), joined(sentences))
    assert there == back
    assert judged(joined(sentences), joined(others)) == judged(joined(others), joined(sentences))


@given(*[st.lists(st.sampled_from([*STORY, *RETOLD, *OTHER, "The the."]), max_size=9)] * 2)
def test_no_pair_is_a_version_that_is_told_not_to_be_one(here: list[str], there: list[str]) -> None:
    words, marks = read_marked([joined(here), joined(there)])
    (may,) = Stories(words, marks.values).may_be_versions(np.array([[0, 1]]))
    row = found(joined(here), joined(there))
    verdict, _ = judged(joined(here), joined(there))
    assert may or not verdict.is_version
    assert may or row.linked < COUNTERPARTS
    assert not may or row.linked >= COUNTERPARTS or set(here) == set(there)


@given(texts, texts)
def test_measures_are_shares(a: str, b: str) -> None:
    shares = vars(found(a, b))
    counts = [measure.name for measure in MEASURES if measure.counted.endswith("a count.")]
    for count in counts:
        assert shares.pop(count) >= 0
        assert shares.pop(f"{count}_other") >= 0
    assert all(0.0 <= share <= 1.0 for share in shares.values()), shares


@pytest.mark.parametrize(
    "words",
    [["rain"] * 100_000, [f"word{number}" for number in range(100_000)], ["rain", "fell"] * 50_000],
)
def test_long_texts_of_one_word_sentences_take_linear_time(words: list[str]) -> None:
    whole = word_ids(words)
    texts_ = Ragged.of([whole, whole[: len(whole) // 2]], whole.dtype.type)
    start = time.process_time()
    stories = Stories(texts_, np.full(len(texts_.values), Mark.SENTENCE, np.uint8))
    row = named(stories.measures(np.array([[0, 1]]))[0])
    assert time.process_time() - start < 2.0
    assert row["words"] == ENOUGH


def test_order_tells_a_shuffled_text() -> None:
    assert found(joined(STORY), joined(STORY)).in_order == 1.0
    assert found(joined(STORY), joined(STORY[::-1])).in_order < 0.5


def test_the_region_leaves_an_appended_story_aside() -> None:
    alone = found(joined(STORY), joined(STORY))
    appended = found(joined([*OTHER, *STORY]), joined(STORY))
    assert alone.region == appended.region == 1.0
    assert alone.outside == appended.outside == 0.0
    assert alone.names == appended.names == 1.0


def test_links_apart_from_the_others_stand_outside_the_region() -> None:
    scattered = joined([STORY[0], *OTHER, *NEWS, *STORY[1:4]])
    assert found(scattered, joined(STORY[:4])).outside > 0.0


def test_the_opening_is_the_first_sentences() -> None:
    same = found(joined([*STORY[:3], *OTHER]), joined([*STORY[:3], *NEWS])).opening
    other = found(joined([*OTHER, *STORY[:3]]), joined([*NEWS, *STORY[:3]])).opening
    assert same > 0.9
    assert other < 0.3


def test_replaced_facts_need_one_on_either_side() -> None:
    fewer = joined(STORY).replace("37 of the 60", "most")
    other = joined(STORY).replace("37 of the 60", "29 of the 80")
    assert found(joined(STORY), fewer).replaced_numbers == 0.0
    assert found(joined(STORY), other).replaced_numbers > 0.0
    assert found(joined(STORY), other).replaced_names == 0.0
    assert found(joined(STORY), other.replace("Dahl", "Berg")).replaced_names > 0.0


def test_a_fact_that_stands_elsewhere_is_replaced_all_the_same() -> None:
    one = ["Acme said its profit rose to 31 crowns.", "Sales of timber fell to 55 in the north."]
    two = ["Acme said its profit rose to 55 crowns.", "Sales of timber fell to 31 in the north."]
    assert found(joined(one), joined(two)).replaced_numbers == 1.0
    assert found(joined(one), joined(one)).replaced_numbers == 0.0


def test_numbers_that_are_lost_count() -> None:
    kept = found(joined(STORY), joined(RETOLD)).missing_numbers
    lost = found(
        joined(STORY), joined(RETOLD).replace("37", "59").replace("8,300", "7,100")
    ).missing_numbers
    assert kept < lost


def test_names_of_the_region_are_looked_for_in_the_whole_other_text() -> None:
    renamed = joined(STORY).replace("Ingmar Dahl", "Jonas Berg").replace("Dahl", "Berg")
    moved = joined(STORY).replace("Board chairman Ingmar Dahl said r", "R") + " Ingmar Dahl left."
    assert found(joined(STORY), joined(STORY)).names == 1.0
    assert found(joined(STORY), moved).names == 1.0
    assert found(joined(STORY), renamed).names < 0.8
    assert found("rain fell.", "rain fell again.").names == 0.5


def test_details_of_a_retelling_stand_together() -> None:
    """Neighbours far apart in the other text do not; names and quotations are no details."""
    same = found(joined(STORY), joined(RETOLD)).together
    details = "herring granite cracks pillars traders petition signatures summer pier hall".split()
    apart = [f" {filler * 30}".join(details) for filler in ("and so on ", "as it was ")]
    assert same > 0.7
    assert found(". ".join(details), apart[0]).together == (10 / 11 + 1 / 11) / 2
    assert found(*apart).together == 1 / 11
    quoted = found("“" + " ".join(details) + ".”", "“" + " ".join(details) + ".” Nobody minded.")
    assert quoted.together == 0.5


def test_plain_words_are_no_names_numbers_or_quotations() -> None:
    one = "The board of Larsvik sold 12 old boats. “We must close the quay,” said Dahl."
    two = "The board of Brenno sold 40 old boats. “They may leave the pier,” said Orr."
    assert found(one, two).plain == 1.0
    assert found(one, two.replace("old boats", "red vans")).plain < 1.0


def test_furniture_is_put_aside() -> None:
    def of(*, put_aside: bool) -> dict[str, float]:
        documents = [read_document(joined([*story, *ASIDE])) for story in (STORY, OTHER)]
        for one in documents:
            one.marks[one.bounds[-3] :] |= put_aside * Mark.FURNITURE
        words = Ragged.of([one.words for one in documents], np.uint32)
        stories = Stories(words, np.concatenate([one.marks for one in documents]))
        return named(stories.measures(np.array([[0, 1]]))[0])

    assert of(put_aside=False)["kept_sentences"] == 0
    assert of(put_aside=False)["linked"] > 0
    assert of(put_aside=True)["linked"] == 0


ASIDE = ["Rain is near, readers told us.", "Hail is near too, they said."]


def test_a_sentence_counts_as_kept_if_it_is_long_and_nearly_verbatim() -> None:
    phrases = ["The talks go on in Geneva this week.", "Nobody was hurt, the police said later."]
    edited = [sentence.replace(" on ", " last ") for sentence in STORY[:2]]
    assert found(joined([*NEWS, *phrases]), joined([*OTHER, *phrases])).kept_sentences == 0
    assert found(joined([*NEWS, *STORY[:2]]), joined([*OTHER, *edited])).kept_sentences == 2
    assert found(joined([*NEWS, *STORY[:2]]), joined([*OTHER, *RETOLD[:2]])).kept_sentences == 0


def test_chains_tell_a_retelling_from_a_shuffled_text() -> None:
    same, shuffled = found(joined(STORY), joined(STORY)), found(joined(STORY), joined(STORY[::-1]))
    for kind in KIND_NAMES:
        assert getattr(same, f"{kind}_chain_order") > getattr(shuffled, f"{kind}_chain_order")
        assert getattr(same, f"{kind}_chain_length") > getattr(shuffled, f"{kind}_chain_length")
    apart = found(joined(STORY), joined(OTHER))
    assert same.content_chain > apart.content_chain
    assert same.fact_neighbours > apart.fact_neighbours


def test_an_appended_story_lowers_the_chain_of_one_side_alone() -> None:
    longer = found(joined([*STORY, *OTHER]), joined(STORY))
    assert longer.fact_chain < longer.fact_chain_other


def test_what_both_name_weighs_more_the_more_it_is_and_the_rarer() -> None:
    rest = "they ate and went to bed, and in the morning all of them left for the coast by train."
    rare = found(f"With the mayor Zelenjak in the town {rest}", f"So the old Zelenjak said {rest}")
    common = found(f"With the mayor of it in the town {rest}", f"So the old man said {rest}")
    assert rare.fact_mass > common.fact_mass == 0.0
    assert rare.rare_count > common.rare_count
    assert found("It cost 9,208,223 euros.", "He paid 9,208,223 euros.").number_mass > 0.0


def test_facts_of_the_lead_count_wherever_the_other_text_has_them() -> None:
    moved = joined([*OTHER, *OTHER, *STORY])
    assert found(moved, joined(STORY)).lead_facts_other > 0.6
    assert found(joined(OTHER), joined(STORY)).lead_facts_other <= 0.5


@pytest.mark.parametrize(
    ("one", "other", "days", "elsewhere"),
    [
        ("LIMA, March 3 - Rain fell.", "LIMA, 9 March - Rain fell.", 6.0, 0.0),
        ("LIMA, March 3 - Rain fell.", "Quito, March 3 - Rain fell.", 0.0, 1.0),
        ("LIMA, Dec 31 - Rain fell.", "LIMA, Jan 1st - Rain fell.", 2.0, 0.0),
        ("LIMA, Jan 1 - Rain fell.", "LIMA, June 30 - Rain fell.", 30.0, 0.0),
        ("Berlin, 3. März - Regen.", "Berlin, 5. März - Regen.", 2.0, 0.0),
        ("Rain fell on March 3.", "Rain fell in the night.", 0.0, 0.0),
        ("March 3: rain fell.", "LIMA, March 3 - Rain fell.", 0.0, 0.0),
        ("In March 400 died.", "In April 400 died.", 0.0, 0.0),
        ("", "LIMA, March 3 - Rain fell.", 0.0, 0.0),
    ],
)
def test_dates_and_places_that_texts_open_with(
    one: str, other: str, days: float, elsewhere: float
) -> None:
    row = found(one, other)
    assert (row.days_apart, row.elsewhere) == (days, elsewhere)
