"""The measures of a pair: symmetry, edges, what each of them tells."""

from __future__ import annotations

import time

import numpy as np
import pytest
from harbour import (
    MORE,
    NEWS,
    OTHER,
    RETOLD,
    STORY,
    found,
    joined,
    judged,
    read_document,
    read_marked,
)
from hypothesis import example, given
from hypothesis import strategies as st
from oracles import openings
from strategies import texts

from dedup.arrays import Ragged
from dedup.text.marks import Mark
from dedup.text.vocabulary import word_ids
from dedup.verdict.bounds import ENOUGH
from dedup.verdict.judging import VERDICTS, judge
from dedup.verdict.limits import APART, COUNTERPARTS
from dedup.verdict.measures import COLUMNS, MEASURES, named
from dedup.verdict.stories import Stories

pytestmark = pytest.mark.loops

LINKED = COLUMNS["linked"]


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
def test_what_is_not_measured_is_judged_the_same(here: list[str], there: list[str]) -> None:
    words, marks = read_marked([joined(here), joined(there)])
    stories, pair = Stories(words, marks.values), np.array([[0, 1]])
    whole = stories.measures(pair)
    related, versions = stories.measures(pair, of="related"), stories.measures(pair, of="versions")
    assert (related == whole).all() or not related.any()
    assert (versions == whole).all() or not versions.any()
    (code,), (probability,) = judge(whole)
    (of_related,), (chance,) = judge(related)
    (of_version,), _ = judge(versions)
    assert (of_related, chance) == (code, probability)
    assert VERDICTS[of_version].is_version == VERDICTS[code].is_version
    assert versions.any() == (whole[0, LINKED] >= COUNTERPARTS or set(here) == set(there))


def test_of_two_articles_with_one_paragraph_in_common_the_part_is_measured() -> None:
    apart = [[f"{word}{k} lay by the {word} at {word}{k + 9}." for k in range(40)] for word in "ab"]
    pair = [joined([*STORY[:2], *own]) for own in apart]
    words, marks = read_marked(pair)
    (row,) = Stories(words, marks.values).measures(np.array([[0, 1]]), of="related")
    assert row[LINKED] < APART
    assert row[COLUMNS["kept_sentences"]] == 2


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
    assert same.content_chain_length > shuffled.content_chain_length
    for kind in ("fact", "content"):
        assert getattr(same, f"{kind}_chain_order") > getattr(shuffled, f"{kind}_chain_order")
    apart = found(joined(STORY), joined(OTHER))
    assert same.content_chain > apart.content_chain
    assert same.neighbours > apart.neighbours


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
        ("LIMA, 3 de marzo de 2021 - Llovió.", "LIMA, 5 de marzo de 2021 - Llovió.", 2.0, 0.0),
        ("LISBOA, 3 de março - Choveu.", "PORTO, 5 de março - Choveu.", 2.0, 1.0),
        ("On the 3rd of March it rained.", "On the 9th of March it rained.", 6.0, 0.0),
        ("Oslo, den 3. mars: Det regnet.", "Oslo, den 5. mars: Det regnet.", 2.0, 0.0),
        ("Paris, le 1er mars - Il pleut.", "Paris, le 3 mars - Il pleut.", 2.0, 0.0),
        ("Roma, 3 marzo - Piove.", "Roma, 5 marzo - Piove.", 2.0, 0.0),
        ("Parijs, 3 maart - Het regent.", "Parijs, 5 maart - Het regent.", 2.0, 0.0),
        ("Stockholm, 3 mars - Det regnar.", "Stockholm, 5 mars - Det regnar.", 2.0, 0.0),
        ("Warszawa, 3 marca - Pada.", "Warszawa, 5 marca - Pada.", 2.0, 0.0),
        ("Praha, 3. března - Prší.", "Praha, 5. března - Prší.", 2.0, 0.0),
        ("МОСКВА, 3 марта - Дождь.", "МОСКВА, 5 марта - Дождь.", 2.0, 0.0),
        ("Київ, 3 березня - Дощ.", "Київ, 5 березня - Дощ.", 2.0, 0.0),
        ("Ankara, 3 Mart - Yağmur.", "Ankara, 5 Mart - Yağmur.", 2.0, 0.0),
        ("القاهرة، ٣ مارس - أمطار.", "القاهرة، ٥ مارس - أمطار.", 2.0, 0.0),
        ("تهران، ۳ مارس - باران.", "تهران، ۵ مارس - باران.", 2.0, 0.0),
        ("ירושלים, 3 במרץ - גשם.", "ירושלים, 5 במרץ - גשם.", 2.0, 0.0),
        ("दिल्ली, ३ मार्च - बारिश.", "दिल्ली, 5 मार्च - बारिश.", 2.0, 0.0),
        ("لاہور، 3 مارچ - بارش۔", "لاہور، 5 مارچ - بارش۔", 2.0, 0.0),
        ("新华社北京3月3日电 下雨。", "新华社北京3月5日电 下雨。", 2.0, 0.0),
        ("東京 3月3日 雨が降った。", "大阪 3月5日 雨が降った。", 2.0, 1.0),
        ("서울 3월 3일 비가 왔다.", "서울 3월 5일 비가 왔다.", 2.0, 0.0),
        ("Hà Nội, ngày 3 tháng 3 - Mưa.", "Hà Nội, ngày 5 tháng 3 - Mưa.", 2.0, 0.0),
        ("Jakarta, 3 Maret - Hujan.", "Jakarta, 5 Maret - Hujan.", 2.0, 0.0),
        ("東京は3月、30人が集まった。", "東京は3月、20人が集まった。", 0.0, 0.0),
        ("They ran 3 of the 5 shops.", "They ran 3 of the 9 shops.", 0.0, 0.0),
        ("In March 400 died.", "In April 400 died.", 0.0, 0.0),
        ("", "LIMA, March 3 - Rain fell.", 0.0, 0.0),
    ],
)
def test_dates_and_places_that_texts_open_with(
    one: str, other: str, days: float, elsewhere: float
) -> None:
    row = found(one, other)
    assert (row.days_apart, row.elsewhere) == (days, elsewhere)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("1,500,000 crowns", "1.5 million crowns"),
        ("1,500,000 crowns", "1.5 mln crowns"),
        ("1 500 000 kroner", "1,5 Millionen kroner"),
        ("six boats", "6 boats"),
        ("twenty one boats", "21 boats"),
        ("41.50 dlrs", "41.5 dlrs"),
        ("3 thousand million", "3 bln"),
        ("$94.9bn", "94.9 billion dollars"),
        ("£5m", "5 million pounds"),
        ("1,250mn euros", "1.25 billion euros"),
        ("120k people", "120,000 people"),
        ("2 млн рублей", "2 миллиона рублей"),
    ],
)
def test_an_amount_is_known_however_it_is_written(one: str, two: str) -> None:
    row = found(f"The town paid {one} for it.", f"It cost the town {two} in all.")
    assert row.amounts_lacking == row.amounts_lacking_other == 0.0


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("1,500,000 crowns", "15,000 crowns"),
        ("1.5 million crowns", "1.5 billion crowns"),
        ("1.5bn crowns", "1.5m crowns"),
        ("5bn 300 crowns", "5,300 crowns"),
        ("30 cents", "30 hundred"),
        ("June 6, 1987", "June 61,987"),
        ("20 boats", "20 two"),
    ],
)
def test_another_amount_is_lacking(one: str, two: str) -> None:
    row = found(f"The town paid {one} for it.", f"It cost the town {two} in all.")
    assert row.amounts_lacking_other > 0.0


def test_another_story_behind_a_text_leaves_its_stretch_as_it_is() -> None:
    alone = found(joined(STORY), joined(RETOLD))
    appended = found(joined([*STORY, *OTHER]), joined(RETOLD))
    mixed = [part for pair in zip(STORY, OTHER, strict=False) for part in pair]
    between = found(joined(mixed), joined(RETOLD))
    for name in ("fact_stretch", "content_stretch"):
        assert getattr(appended, name) == getattr(alone, name) > getattr(between, name)


def test_the_head_stands_behind_the_date_that_a_text_opens_with() -> None:
    rest = "said it raised the price of its crude oil by 50 cents, the first such rise in a year."
    one = found(f"LIMA, June 18 - Murphy Oil {rest}", f"LIMA, June 18 - Murphy Oil {rest}")
    other = found(f"LIMA, June 18 - Murphy Oil {rest}", f"LIMA, June 18 - Permian Corp {rest}")
    assert one.head_names == 2.5 / 3
    assert other.head_names < one.head_names
    assert other.head_facts < one.head_facts


def test_names_and_rare_words_that_a_text_alone_has_weigh() -> None:
    text = "In the town the old mayor {} spoke of the harbour for an hour, and then of the {}."
    same = found(text.format("Zelenjak", "kamikaze"), text.format("Zelenjak", "kamikaze"))
    named = found(text.format("Zelenjak", "kamikaze"), text.format("Orrbeck", "kamikaze"))
    rare = found(text.format("Zelenjak", "kamikaze"), text.format("Zelenjak", "haberdasher"))
    assert same.names_lacking == same.rare_lacking == rare.names_lacking == named.rare_lacking == 0
    assert named.names_lacking > 0.0
    assert rare.rare_lacking > 0.0
    assert named.name_weight < same.name_weight
    assert rare.rare_weight < same.rare_weight


DATED = "3 5 14 2021 03 3rd ٣ march may marzo of de 月 日 tháng ngày rain".split()
"""Words of which dates are made, and others."""


@given(*[st.lists(st.sampled_from(DATED), max_size=8)] * 2)
@example(["3", "march"], ["3", "月", "3", "may"])
@example(["3", "march"], ["3", "月", "5", "of", "may"])
@example(["3", "march"], ["3", "月", "5", "月", "14", "日"])
@example(["3", "march"], ["14", "de", "tháng", "5", "march"])
def test_dates_are_read_as_word_by_word(one: list[str], other: list[str]) -> None:
    row = found(" ".join(one), " ".join(other))
    a, b = ([(int(word_ids([word])[0]), 0) for word in words] for words in (one, other))
    assert {name: getattr(row, name) for name in ("days_apart", "elsewhere")} == openings(a, b)


REWORDED = [
    "Officials who run the port decided this week that the old hall for seafood shuts in spring.",
    "Vendors sold their catch on that stone wharf for more than a century.",
    "The head of the body put the price of mending it at double what had been guessed.",
    "Specialists had seen splits in most of the columns below the building.",
    "Those who trade there would rather see it shifted to another jetty.",
    "Their leader brought sheets that thousands of residents had signed to the council.",
]


def test_sentences_that_mean_the_same_are_matched_in_order() -> None:
    in_order = found(joined(STORY), joined(REWORDED))
    turned = found(joined(STORY), joined(REWORDED[::-1]))
    apart = found(joined(STORY), joined(NEWS))
    assert in_order.gist_path > turned.gist_path > 0.0
    assert in_order.gist_path > apart.gist_path
    assert in_order.gist_path_order > turned.gist_path_order
    assert in_order.gist_following > turned.gist_following
    assert in_order.gist_gain == pytest.approx(turned.gist_gain)
    assert in_order.gist_mutual == turned.gist_mutual > 0.0


def test_the_matches_of_first_sentences_stand_in_front_unless_the_story_is_background() -> None:
    in_front = found(joined(STORY), joined(STORY))
    behind = found(joined(STORY), joined([*OTHER, *STORY]))
    assert in_front.lead_place_other < 3.0 < behind.lead_place_other
    assert found("Rain fell.", "Rain fell.").lead_place == 0.0


def test_the_first_words_tell_of_whom_a_text_tells_though_a_sentence_begins_with_them() -> None:
    rest = "said it raised its posted price for crude oil by 50 cents, the first rise in a year."
    same = found(f"LIMA, June 18 - Unocal {rest}", f"LIMA, June 18 - Unocal {rest}")
    other = found(f"LIMA, June 18 - Unocal {rest}", f"LIMA, June 18 - Petrobras {rest}")
    late = found(f"LIMA, June 18 - It {rest} Unocal.", f"LIMA, June 18 - It {rest} Petrobras.")
    assert same.first_rare == 1.0
    assert other.first_rare == other.first_rare_other == 0.0
    assert other.first_words < late.first_words < same.first_words
    assert found("Rain fell.", "It was so.").first_rare == 0.0
    assert found("It was so.", "It was so.").first_rare == 0.5


def test_a_copied_list_of_names_is_no_copied_prose() -> None:
    squad = "The squad: Orrbeck of Brenno, Zelenjak of Larsvik, Quist of Arden and Dahl of Veldora."
    prose = "Engineers found cracks in most of the pillars under the hall at an inspection."
    listed = found(joined([*OTHER, *MORE, squad]), joined([*NEWS, squad]))
    told = found(joined([*OTHER, *MORE, prose]), joined([*NEWS, prose]))
    assert listed.copied_facts > 0.4 > told.copied_facts
    assert listed.copied_content < told.copied_content
    assert listed.linked_names > told.linked_names
    assert listed.function_words < told.function_words
    quoted = found(f"He said: “{prose}”", f"She wrote: “{prose}”")
    assert quoted.copied_content == 0.0
