"""Page furniture: the table of rules, whole texts, repetition in many."""

from __future__ import annotations

import re
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from newsroom_languages import TEXTS

from dedup.furniture import finding, repetition
from dedup.furniture._repetition import sentence_ids
from dedup.furniture.leads import RULES
from dedup.furniture.repetition import repeated
from dedup.furniture.rule import Rule, Scope
from dedup.reading.texts import read, read_flagged
from dedup.text.tokens import Tokens
from dedup.text.vocabulary import word_ids

pytestmark = pytest.mark.loops

SEEDS = Path(__file__).parents[1] / "seeds"
STORY = "Rain fell in Ohio on Monday and the mill was closed for the third time this year."
END = "The river rose."


def furniture(text: str) -> tuple[bool, ...]:
    """Tell which sentences of a text are furniture."""
    return read_flagged([text])[0][0].furniture


def insets(tokens: Tokens) -> tuple[tuple[int, int], ...]:
    """Find the words that are furniture set into sentences."""
    return finding.insets(tokens.text, tokens.starts, tokens.ends)


def flagged(text: str) -> list[str]:
    """Give the sentences of a text that are furniture."""
    pairs = zip(read(text).sentences, furniture(text), strict=True)
    return [text[start:end] for (start, end), flag in pairs if flag]


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


# --- the table ----------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_rule_flags_its_example_and_nothing_beside_it(rule: Rule) -> None:
    found = flagged(f"{STORY}\n\n{rule.example}\n\n{END}")
    assert squeezed("".join(found)) == squeezed(rule.example)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_rule_leaves_its_near_miss(rule: Rule) -> None:
    assert flagged(f"{STORY}\n\n{rule.near_miss}\n\n{END}") == []


def test_rules_have_names_of_their_own_and_words_to_be_found_by() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert bool(rule.first or rule.last) is (rule.scope is not Scope.WITHIN), rule.name
        assert rule.scope is not Scope.SENTENCE or not {"0", ")"} & set(
            f"{rule.first} {rule.last}".split()
        ), rule.name


@pytest.mark.parametrize(
    "line",
    [
        "Date:",
        "5 hours ago",
        "8/13/2018",
        "Updated Jan. 19 at 1:05 p.m. ET",
        "Published 31 October 2023",
        "By Jane Roe | Example Post",
        "By Jane Roe, Example News North America reporter",
        "MOSCOW, Oct. 31",
        "As of 10/31/2023",
        "On Tuesday, October 31, 2023",
        "You may also like",
        "If you liked this, tell a friend.",
        "We need your help.",
        "As mais lidas",
        "I più letti",
        "Read or Share this story: https://example.com/a/b",
        "More from Example Post...",
        "Follow @example",
        "Like us on Facebook.",
        "Home | News | Sport",
        "News • Politics • UK & World • Weather",
        "Home › News › Local",
        "Startseite | Politik | Sport",
        "Accueil | Actualités | Sports",
        "Sign in or register",
        "Log in or create an account",
        "(Reporting by Jane Roe in London; Editing by John Doe)",
        "(AP Photo/Jane Roe)",
        "Jane Roe/AFP/Getty Images",
        "The mayor at the mill on Monday. (Jane Roe/Example Images via Getty Images)",
        "FILE PHOTO: The mill stands by the river in Ohio, June 3, 2016.",
        "FILE - In this June 3, 2016, file photo, the mill stands by the river.",
        "Enlarge this image toggle caption Jane Roe/AP Jane Roe/AP",
        "JUST WATCHED Mill burns Replay More Videos ... MUST WATCH Mill burns 03:17",
        "Media playback is unsupported on your device Media caption The mill burns",
        "Slideshow (2 Images)",
        "© 2019 Example. All rights reserved.",
        "Want more like this in your inbox? Sign up for our newsletter.",
        "This is a rush transcript. Copy may not be in its final form.",
        "The opinions expressed in this commentary are solely hers.",
        "Support progressive journalism with $10.",
        "___",
        "* * *",
    ],
)
def test_common_furniture_is_flagged(line: str) -> None:
    assert squeezed("".join(flagged(f"{STORY}\n\n{line}\n\n{END}"))) == squeezed(line)


@pytest.mark.parametrize("letters", ["a", "é", "“Łódź”", "\U0001f600", "\ud800"])
def test_a_rule_finds_its_place_behind_letters_of_any_size(letters: str) -> None:
    lines = ["© This site belongs to Example", "5 hours ago", "(AP Photo/Jane Roe)"]
    parts = [f"{letters} {STORY}", lines[0], f"{letters} {END}", *lines[1:], f"{letters} {END}"]
    assert flagged("\n\n".join(parts)) == lines


@pytest.mark.parametrize(
    "line",
    [
        "Monday was the wettest day since 2008, officials said.",
        "In October 2023 the mill closed.",
        "By Monday night the river had risen by 3 feet.",
        "By George, She Has Got It Right This Time",
        "“Sign up for our newsletter,” the mayor told the crowd.",
        "Sign-ups rose after the newsletter was sent.",
        "Read the letter the mayor sent to parents",
        "More than 300 people lost their homes.",
        "More: that was all they asked for, and they got it in the end, the mayor said in a letter "
        "that ran to eleven pages and that he had written by hand during the nights of the flood, "
        "and that nobody had wished to read before the vote was held.",
        "Related Companies sold the mill in May.",
        "Like Doe, Roe announced her candidacy on Twitter.",
        "Follow-up tests were announced on Twitter @example.",
        "Get-rich schemes flooded the inbox of every voter.",
        "Watch makers in Geneva fear the tariff",
        "Comments are expected by Friday.",
        "Copyright holders sued the company in 2019.",
        "Photo agencies lost money.",
        "Image problems dog the mayor",
        "File a claim by Friday, the agency says.",
        "Subscribers to the service fell.",
        "Advertising revenue fell 3 percent",
        "Support for journalism fell, a poll says.",
        "This story has been told for years.",
        "Views of the mayor changed.",
        "Reporting by The Example Post led to a trial.",
        "Human error contributed to this accident.",
        "Latest round of talks fails",
        "What Happens Next With the Mill",
        "RIVER RISES",
        "Home fires burn | The mayor speaks",
        "News travels fast | slow | never",
        "Sign in or lose your vote, voters are told",
        "Russia-Iran military alliance resilient against geopolitical pressure",
    ],
)
def test_news_is_left_alone(line: str) -> None:
    assert flagged(f"{STORY}\n\n{line}\n\n{END}") == []


# --- whole texts --------------------------------------------------------------------------------


def test_seeds() -> None:
    first, second = (path.read_text(encoding="utf-8") for path in sorted(SEEDS.glob("*.txt")))
    assert flagged(first) == ["Comments are closed, but trackbacks and pingbacks are open."]
    assert flagged(second) == ["Tuesday, October 31, 2023", "Date:", "Latest stories"]


def test_list_of_stories_ends_where_prose_goes_on() -> None:
    headlines = ["Mill to reopen in May", "Who Owns the River?"]
    text = "\n".join([STORY, "Related:", *headlines, END, "The vote is on Friday"])
    assert flagged(text) == ["Related:", *headlines]


def test_menu_is_flagged_and_a_shorter_row_is_not() -> None:
    menu = ["Home", "World", "Business", "Arts and Books", "Sport"]
    assert flagged("\n".join([*menu, STORY])) == menu
    assert flagged("\n".join([STORY, *menu])) == menu
    assert flagged("\n".join([*menu[:4], STORY])) == ["Home"]


def test_headline_in_capitals_inside_a_story_is_a_link_and_on_top_is_its_own() -> None:
    link = "MAYOR ASKED TO EXPLAIN THE FLOOD OF MAY"
    assert flagged("\n".join([link, STORY, END, STORY[:-1] + " again.", END])) == []
    assert flagged("\n".join([STORY, END, "It stopped.", link, END])) == [link]


def test_teaser_on_top_is_the_headline() -> None:
    line = "Watch: The mill burns"
    assert flagged(f"{line}\n\n{STORY}") == []
    assert flagged(f"{STORY}\n\n{line}") == [line]


def test_block_flags_its_paragraph_but_never_a_page_whose_line_breaks_were_lost() -> None:
    block = "Copyright 2019 Example. It may not be sold."
    assert flagged(f"{STORY}\n\n{block}") == ["Copyright 2019 Example.", "It may not be sold."]
    assert flagged(f"{block} {STORY} {END}") == ["Copyright 2019 Example."]


def test_form_anywhere_in_a_paragraph_flags_it() -> None:
    form = "Playbook. Our daily mail. Email Sign Up Choose your country Albania Algeria"
    assert squeezed("".join(flagged(f"{STORY}\n{form}\n{END}"))) == squeezed(form)


def test_tail_of_an_embedded_tweet_is_flagged_and_the_tweet_is_not() -> None:
    tail = "pic.twitter.com/abc — Jane Roe (@janeroe) March 6, 2016"
    assert flagged(f"{STORY}\n\nThe flood is here. {tail}\n\n{END}") == [tail]


def test_sentence_is_flagged_from_half_its_words_inset() -> None:
    tags = "Jane DoeSenate votes on rain Mayor to rest case MORE"
    mostly = f"Sen. {tags} (D-Ohio) said no."
    hardly = f"The senator from Ohio, {tags} (D-Ohio), said on Monday that the rain would not stop."
    assert flagged(f"{STORY}\n\n{mostly}\n\n{hardly}") == [mostly]
    tokens = read(hardly)
    ((low, high),) = insets(tokens)
    assert tokens.words[low:high] == tuple(
        "doesenate votes on rain mayor to rest case more".split()
    )


@pytest.mark.parametrize("headline", ["Senate votes", "GOP votes", "2020 votes"])
def test_list_of_tagged_stories_is_inset_whatever_its_headline_opens_with(headline: str) -> None:
    tokens = read(f"Rain fell, said Jo Roe{headline} on rain MORE to the press on Monday.")
    ((low, high),) = insets(tokens)
    assert "".join(tokens.words[low:high]).endswith("votesonrainmore")
    assert tokens.words[:low] == ("rain", "fell", "said", "jo")


@pytest.mark.parametrize(
    "full", ["Jane Doe", "Jane (Jo) Roe Doe", 'Jane "Jo" Doe', "J. R. Doe", "Jane van Doe"]
)
def test_whole_name_before_a_list_of_tagged_stories_is_part_of_it(full: str) -> None:
    tokens = read(f"Rain fell on Sen. Doe {full}Senate votes on rain MORE as he spoke to us.")
    ((low, high),) = insets(tokens)
    assert tokens.words[:low] == ("rain", "fell", "on", "sen", "doe")
    assert tokens.words[high:] == ("as", "he", "spoke", "to", "us")


def test_names_written_in_one_are_no_insets() -> None:
    assert insets(read("Mr McConnell and Mr MacArthur asked for MORE than that.")) == ()


def test_second_printing_of_a_long_sentence_is_flagged_and_a_refrain_is_not() -> None:
    text = "\n\n".join([STORY, "Why not?", END, STORY, "Why not?"])
    assert furniture(text) == (False, False, False, True, False)


def test_text_of_furniture_alone_keeps_its_sentences() -> None:
    assert flagged("Date:\n\nLatest stories") == []
    assert flagged("") == []


@pytest.mark.parametrize("line_break", ["\r\n", "\n", "\r", "\u2028", "\x85", "\x0c"])
def test_every_kind_of_line_break_parts_paragraphs(line_break: str) -> None:
    assert flagged(line_break.join([STORY, "Date:", END])) == ["Date:"]


@pytest.mark.parametrize(
    "text",
    [
        "word\n" * 100_000,
        "Word\n" * 100_000,
        "Latest stories\n" * 20_000,
        "a" * 1_000_000,
        "(@x) MORE " * 50_000,
        "Photo: (" * 50_000 + ")",
        "By A B " * 50_000,
        ("May 1 " * 66 + "x\n") * 300,
        "Choose your country " * 20_000,
        "\ud800 Date:\n\x00\n" * 5_000,
        "新闻。" * 20_000,
        "خبر عاجل. " * 20_000,
    ],
    ids=lambda text: repr(text[:12]),
)
def test_extreme_texts(text: str) -> None:
    assert len(furniture(text)) == len(read(text).sentences)


HOSTILE = ["A ", "A. ", "By A ", "(", "( A", "A/", "May 1, ", "1 ", "at on ", "a@", "| a", "JAN "]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_no_pattern_backtracks_without_bound(rule: Rule) -> None:
    """A pattern that tries every way to cut the line would run for years here."""
    heads = [*(rule.first or rule.last).split()[:2], rule.example]
    for line in (f"{head} {unit * 200}"[:390] + "!x)" for head in heads for unit in HOSTILE):
        began = time.process_time()
        rule.compiled.match(line)
        assert time.process_time() - began < 5.0


LINES = st.sampled_from([rule.example for rule in RULES] + [STORY, END, "Why?", "***", "Rain MORE"])


@given(st.lists(LINES | st.text(max_size=40), max_size=12).map("\n".join))
def test_one_flag_a_sentence_and_not_all_of_them(text: str) -> None:
    tokens = read(text)
    flags = furniture(text)
    assert len(flags) == len(tokens.sentences)
    assert not flags or not all(flags)
    ranges = insets(tokens)
    assert list(ranges) == sorted(ranges)
    assert all(low < high <= len(tokens.words) for low, high in ranges)


# --- repetition ---------------------------------------------------------------------------------


def ids_of(texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Number the sentences of several texts in one go: ids, and offsets of the texts."""
    tokens = [read(text) for text in texts]
    words = [word for each in tokens for word in each.words]
    bounds, offsets, base = [0], [0], 0
    for each in tokens:
        bounds += [base + bound for bound in each.bounds[1:]]
        base += len(each.words)
        offsets.append(offsets[-1] + len(each.sentences))
    return sentence_ids(word_ids(words), np.array(bounds)), np.array(offsets)


@pytest.mark.parametrize("bounds", [[0, 4], [-1, 2]])
def test_sentences_beyond_the_words_are_refused(bounds: list[int]) -> None:
    with pytest.raises(ValueError, match="bounds: beyond the words"):
        sentence_ids(np.zeros(3, np.uint32), np.array(bounds))


@given(st.lists(st.lists(st.integers(0, 3), max_size=4), max_size=8))
def test_equal_ids_mean_equal_words(sentences: list[list[int]]) -> None:
    words = np.array([word for sentence in sentences for word in sentence], np.uint32)
    bounds = np.cumsum([0] + [len(sentence) for sentence in sentences])
    ids = sentence_ids(words, bounds)
    assert ids.dtype == np.uint64
    for i, one in enumerate(sentences):
        assert bool(ids[i] == 0) is (not one)
        for j, other in enumerate(sentences):
            assert bool(ids[i] == ids[j]) is (one == other)


def test_ids_do_not_depend_on_the_batch() -> None:
    texts = [f"{STORY} {END}", "", "It stopped.\n\nRAIN fell in Ohio!"]
    together, offsets = ids_of(texts)
    for i, text in enumerate(texts):
        alone, _ = ids_of([text])
        assert together[offsets[i] : offsets[i + 1]].tolist() == alone.tolist()


def repeated_naively(articles: list[list[int]], sources: list[int], stories: int) -> list[bool]:
    """Say what :func:`repeated` says, one sentence at a time."""
    holders: dict[tuple[int, int], set[int]] = defaultdict(set)
    for i, sentences in enumerate(articles):
        for sentence in sentences:
            holders[sources[i], sentence].add(i)
    original = set()
    for i, sentences in enumerate(articles):
        worded = [sentence for sentence in sentences if sentence]
        own = [sentence for sentence in worded if len(holders[sources[i], sentence]) <= 2]
        if 3 * len(own) >= len(worded):
            original.add(i)
    return [
        sentence != 0 and len(holders[sources[i], sentence] & original) >= stories
        for i, sentences in enumerate(articles)
        for sentence in sentences
    ]


@given(
    st.lists(st.tuples(st.lists(st.integers(0, 9), max_size=5), st.integers(0, 1)), max_size=12),
    st.integers(1, 4),
    st.sampled_from([2, 5, 1 << 22]),
    st.integers(1, 3),
)
def test_repetition_in_step_with_its_naive_twin(
    articles: list[tuple[list[int], int]], stories: int, at_once: int, threads: int
) -> None:
    texts, sources = [a for a, _ in articles], [s for _, s in articles]
    ids = np.array([sentence for text in texts for sentence in text], np.uint64)
    offsets = np.cumsum([0] + [len(text) for text in texts])
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(repetition, "_AT_ONCE", at_once)
        found = repeated(ids, offsets, np.array(sources, np.int64), stories, threads=threads)
    assert found.tolist() == repeated_naively(texts, sources, stories)


def stories_with(line: str, count: int) -> list[str]:
    return [f"Rain fell on day {i}. It fell on {i} towns.\n\n{line}" for i in range(count)]


def test_line_of_many_stories_of_one_source_is_furniture() -> None:
    ids, offsets = ids_of(stories_with("The Post is read by all.", 12))
    found = repeated(ids, offsets, np.zeros(12, np.int64))
    assert found.reshape(12, 3).tolist() == [[False, False, True]] * 12
    assert not repeated(ids, offsets, np.arange(12)).any()


def test_sentences_of_one_story_in_many_versions_are_not() -> None:
    body = [STORY, END, "It stopped.", "The vote is on Friday.", "The mayor slept."]
    ids, offsets = ids_of([" ".join([f"Day {i}.", *body, f"Part {i}."]) for i in range(20)])
    assert not repeated(ids, offsets, np.zeros(20, np.int64)).any()


def test_articles_saved_twice_do_not_hide_furniture() -> None:
    ids, offsets = ids_of(stories_with("The Post is read by all.", 6) * 2)
    found = repeated(ids, offsets, np.zeros(12, np.int64))
    assert found.reshape(12, 3).tolist() == [[False, False, True]] * 12


# --- other languages -----------------------------------------------------------------------------


ABROAD = {
    "ar": ("إعلان", "اقرأ أيضا: حريق في الميناء القديم", "جميع الحقوق محفوظة للصحيفة."),
    "de": ("Anzeige", "Lesen Sie auch: Feuer am Hafen", "Diese Website verwendet Cookies."),
    "es": ("Publicidad", "Lea también: Arde el puerto viejo", "Todos los derechos reservados."),
    "fa": ("تبلیغات", "بیشتر بخوانید: آتش در بندر قدیمی", "تمامی حقوق محفوظ است."),
    "fr": ("Partager", "À lire aussi : Le vieux port en feu", "Tous droits réservés."),
    "he": ("פרסומת", "קראו גם: שריפה בנמל הישן", "כל הזכויות שמורות לעיתון."),
    "hi": ("विज्ञापन", "यह भी पढ़ें: पुराने बंदरगाह में आग", "सर्वाधिकार सुरक्षित है।"),
    "id": ("Bagikan", "Baca juga: Pelabuhan lama terbakar", "Situs ini menggunakan cookie."),
    "it": ("Condividi", "Leggi anche: Brucia il porto vecchio", "Tutti i diritti riservati."),
    "ja": ("広告", "あわせて読みたい：古い港で火事", "無断転載を禁じます。"),
    "ko": ("댓글", "함께 보기: 옛 항구에서 불", "무단 전재 및 재배포 금지."),
    "nl": ("Advertentie", "Lees ook: Brand in de haven", "Alle rechten voorbehouden."),
    "pl": ("Udostępnij", "Czytaj także: Płonie stary port", "Wszelkie prawa zastrzeżone."),
    "pt": ("Compartilhar", "Leia também: Fogo no porto velho", "Todos os direitos reservados."),
    "ru": ("Поделиться", "Читайте также: Пожар в порту", "Все права защищены."),
    "sv": ("Annons", "Läs också: Brand i hamnen", "Alla rättigheter förbehållna."),
    "tr": ("Paylaş", "Ayrıca okuyun: Eski limanda yangın", "Tüm hakları saklıdır."),
    "uk": ("Коментарі", "Читайте також: Пожежа в порту", "Усі права захищено."),
    "ur": ("تبصرے", "یہ بھی پڑھیں: پرانی بندرگاہ میں آگ", "جملہ حقوق محفوظ ہیں۔"),
    "vi": ("Chia sẻ", "Xem thêm: Cháy ở cảng cũ", "Bản quyền thuộc về báo."),
    "zh": ("广告", "相关阅读：老港口起火", "版权所有，违者必究。"),
}


@pytest.mark.parametrize("language", ABROAD)
def test_labels_pointers_and_notices_are_furniture_in_other_languages(language: str) -> None:
    story = TEXTS[language].source
    for line in ABROAD[language]:
        found = flagged(f"{story}\n\n{line}\n\n{TEXTS[language].other}")
        assert squeezed("".join(found)) == squeezed(line)


@pytest.mark.parametrize("language", TEXTS)
def test_no_sentence_of_a_story_is_furniture_in_any_language(language: str) -> None:
    texts = TEXTS[language]
    for text in (texts.source, texts.rewrite, texts.event, texts.other):
        lines = [text[start:end] for start, end in read(text).sentences]
        assert flagged("\n\n".join(lines)) == []
