"""Sentences: what a split promises on any text, its cost, and a table of newsroom cases."""

from __future__ import annotations

import re
import textwrap
import time

import oracles
import pytest
from hypothesis import assume, given
from strategies import news_text, texts

from dedup.reading.texts import read
from dedup.text.words import read_words

pytestmark = pytest.mark.loops

SECONDS = 5.0
"""Bound for texts that take a second or less; a quadratic split would need many minutes."""


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in read(text).sentences]


def check_tiling(text: str) -> None:
    """Spans are in order, stripped and not empty; outside them stands white space alone."""
    before = 0
    for start, end in read(text).sentences:
        assert before <= start < end <= len(text)
        assert text[before:start].strip() == ""
        assert text[start:end].strip() == text[start:end]
        before = end
    assert text[before:].strip() == ""


@given(texts)
def test_sentences_tile_any_text(text: str) -> None:
    check_tiling(text)


@given(news_text)
def test_sentences_tile_news(text: str) -> None:
    check_tiling(text)


@given(news_text, news_text)
def test_a_blank_line_cuts_and_shields(one: str, other: str) -> None:
    """What stands before a blank line has no say in how the text after it is cut.

    But for the width in which all of a text is set.
    """
    assume(len({oracles.width_of(text) for text in (one, other, f"{one}\n\n{other}")}) == 1)
    joined = cut(one) + cut(other)
    assert cut(f"{one}\n\n{other}") == joined


LARGE = {
    "one-word lines": "word\n" * 100_000,
    "no stop": "word " * 200_000,
    "stops": "." * 300_000,
    "abbreviations": "Mr. " * 200_000,
    "quotes": '"' * 1_000_000,
}
REPEATED = {
    "capitalised lines": "Word\n",
    "letters": "x" * 10,
    "stops with spaces": ". ",
    "stops with capitals": ".A",
    "ellipses": "… ",
    "question marks and quotes": '?" ',
    "question marks before names": '?" Aa Bb ',
    "states": "Calif. ",
    "initials": "J. ",
    "glued initials": "J.",
    "glued sentences": "fell.Then",
    "glued quotes": 'fell."Then',
    "domain": "a.",
    "stops in quotes": '."',
    "curly quotes": "“” ",
    "blanks": " ",
    "blank lines": "\n",
    "full-width stops": "。",
    "Han sentences": "中文。",
    "hard-wrapped lines": "and so the rain went on for days and nights and days\n",
    "list numbers": "1. ",
    "links": "https://x.org/a.b ",
    "names": "Aa ",
    "closers": ")",
}
FRAMES = {"alone": ("", ""), "behind a quoted question": ('He asked?" ', "A")}
SMALL, GROWTH = 5_000, 4
RATIO = 10.0
"""Between the 4 of linear growth and the 16 of quadratic growth."""
NOTICED = 0.03
"""Seconds below which growth tells nothing."""


def seconds(text: str) -> float:
    """Processor time of one split, so that other work on the machine does not count."""
    began = time.process_time()
    read(text)
    return time.process_time() - began


@pytest.mark.parametrize("name", LARGE)
def test_large_texts_take_no_longer_than_they_should(name: str) -> None:
    assert seconds(LARGE[name]) < SECONDS


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("name", REPEATED)
def test_cost_grows_as_the_text_does(name: str, frame: str) -> None:
    head, tail = FRAMES[frame]
    small, large = (head + REPEATED[name] * n + tail for n in (SMALL, GROWTH * SMALL))
    slow = min(seconds(large) for _ in range(3))  # a busy machine slows single runs
    assert slow < NOTICED or slow < RATIO * min(seconds(small) for _ in range(3))


CASES = [
    # Plain stops.
    "Rain fell.|It stopped.",
    "Did rain fall?|It did!|Good.",
    "He left!?|She stayed.",
    "The vote passed 51-49.|A recount follows.",
    "No stop at the end",
    "Profit fell in Europe.|iPhone sales grew.|eBay did better.",
    "They use approx. mRNA vaccines, i.e. nRT kits.",
    # Other languages.
    "Die Halle wird am 14. März abgerissen.|Im 19. Jahrhundert stand sie schon.",
    "Es kostet Geld bzw. Zeit.|Nr. 5 bleibt zu.",
    "La Sra. Ruiz fue a EE. UU. en mayo.|No volvió.",
    "Mme. Blanc est venue.|Il pleuvait.",
    "O godz. 10 padał deszcz.|Było zimno.",
    "Он жил на ул. Ленина.|Шёл дождь.",
    # Titles.
    "Mr. Smith met Mrs. Jones.|They spoke.",
    "Gen. Ann Lee and Lt. Col. Bo Ray spoke to Sen. Cho.|Rep. Diaz left.",
    "Dr. Wu joined Prof. Li.|Nobody knew why.",
    "Judges ruled in Roe vs. Wade.|The court adjourned.",
    "He lives at Ft. Bragg near St. Paul.|She does not.",
    "The Rev. Al Green sang at Mt. Zion.|Crowds cheered.",
    # Initials and dotted names.
    "John F. Kennedy was shot.|Lee H. Oswald was held.",
    "J. K. Rowling wrote it.|J.K. Rowling signed it.",
    "George W. Bush spoke at Yale.|Texans clapped.",
    "It was I.|He knew.",
    # Countries, states, cities.
    "The U.S. Senate voted.|The U.K. did not.",
    "He moved to the U.S. in 1999.|He stayed.",
    "Troops left the U.S.|The war went on.",
    "She lives in Washington, D.C.|The house is small.",
    "Police in Flint, Mich., found it.|A search began.",
    "Sacramento, Calif. is hot.|Fires burn.",
    # Companies.
    "Acme Inc. bought Widget Co. for $3 million.|Shares rose.",
    "Shares of Acme Corp.|The market closed lower.",
    "Smith & Sons Ltd. sued Jones Bros. on Friday.|A judge will hear it.",
    # Months, days, numbers.
    "On Nov. 3 voters chose.|Turnout was high.",
    "It opened Jan. 5, 2021, in Rome.|It closed in Feb.",
    "The No. 2 official quit.|See p. 14 for more.",
    "Growth was 3.5 percent.|Debt hit $1.2 trillion.",
    "It costs $5.|They paid €6.50.",
    "The talks began at 3 p.m. on Monday.|They ended late.",
    "They met at 10 a.m.|The room was full.",
    "It ended at 5 p.m.|Nobody cheered.",
    "Version 2.0.1 shipped.|Users cheered.",
    "Sales rose to 1.000.000 units.|Analysts had hoped for more.",
    # Ellipses.
    "He paused … and went on.|Then he left.",
    "I thought... maybe not.|She shrugged.",
    "We waited...|The train never came.",
    # Quotations.
    "“It rained,” he said.|“A lot.”",
    "“It rained.”|He left.",
    "“Will you go?” he asked.|She nodded.",
    "“Stop!” Mayor Ann Lee said.|Nobody stopped.",
    '"We won."|The crowd roared.',
    "‘Never.’|That was all he said.",
    "He called it “a mess.”|Others agreed.",
    "“We won.|We will win again,” she said.",
    "“Really?”|“Yes.”",
    "He shouted “Fire!” and ran.|People followed.",
    "(The firm declined to comment.)|Its shares fell.",
    "The minister [he resigned later] left.|It rained.",
    # Further traps.
    "The E.U. and the U.N. agreed.|The A.U. did not.",
    "The firm, e.g. its board, knew.|Staff, i.e. the rest, did not.",
    "He holds a Ph.D. from Yale.|She has an M.D.",
    "The score was 3-2.|The fans went home.",
    "Martin Luther King Jr. spoke.|Thousands came.",
    "He earned $40,000 a yr., he said.|His boss denied it.",
    "The suspect, a 6-ft. man, fled.|He was caught.",
    "See Art. 5 of the treaty.|It is short.",
    "“I don’t know.|I wasn’t there,” he said.",
    "“Is it over?|Is it?” she asked.",
    "He said: “It is over.”|Then he hung up.",
    "She asked why.|“Because,” he said.",
    "It rained. . . . It snowed.".replace(". It", ".|It"),
    "Who won?|Ms. Lee.",
    "Police arrested A. Smith and B. Jones on Friday.|Both deny it.",
    "The temperature fell to -3.5 degrees.|Roads froze.",
    "The law passed in the House.|In the Senate it failed.",
    "He won in Ala., Ga. and Miss. on Tuesday.|She won in Pa.",
    "The plan (see fig. 2) works.|It is cheap.",
    "Café owners protested.|Élysée officials declined to comment.",
    # Lost white space.
    "The rain fell.^Then it stopped.",
    'She left.^"He stayed," they said.',
    # Links, names of files and sites.
    "Visit www.example.org for more.|It is free.",
    "See https://example.org/a.b?c=D.E for the list.|It is long.",
    "Amazon.com rose.|Booking.com fell.",
    "Mail news@example.org today.|We read it.",
    "Read it here.|https://example.org/x",
    # Lines.
    "Storm hits coast¶By Ann Lee¶OSLO (AP) — A storm hit the coast on Monday.|It was strong.",
    "1. Rain¶2. Snow¶3. Sleet",
    "• Rain fell¶• Snow fell",
    "MOSCOW, Oct. 31 (Reuters) - Russia said on Tuesday it had left.|It gave no reason.",
    "LONDON — The bank raised rates.|Markets had expected it.",
    # Other scripts.
    "今天下雨。^明天晴天！^后天呢？",
    "他说：“下雨了。”^她走了。",
    "आज बारिश हुई।|कल धूप होगी।",
    "هل نزل المطر؟|نعم نزل المطر.",
    "آج بارش ہوئی۔|کل دھوپ ہوگی۔",
    "Այսօր անձրև է։|Վաղը արև կլինի։",
    "Сегодня дождь.|Завтра солнце.",
    "ዛሬ ዘነበ።|ነገ ፀሐይ ነው።",
    "今日は雨だ｡|明日は晴れ｡",
]
BOUNDARIES = str.maketrans({"|": " ", "^": "", "¶": "\n"})
"""The marks of a boundary in the cases, and what stands in the text there."""


@pytest.mark.parametrize("case", CASES)
def test_newsroom_cases(case: str) -> None:
    text = case.translate(BOUNDARIES)
    assert cut(text) == re.split(r"[|^¶]", case)


def test_lines_end_sentences_whatever_the_break() -> None:
    for newline in ("\n", "\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\n \t\n"):
        assert cut(f"Storm hits coast{newline}Rain fell") == ["Storm hits coast", "Rain fell"]


def flat(sentences: list[str]) -> list[str]:
    return [" ".join(sentence.split()) for sentence in sentences]


STORY = (
    "The storm that hit the coast early on Monday was the strongest in twenty years, officials"
    " said, and Mr. Orr found thousands of homes were without power in both northern counties.",
    "Schools stayed shut.",
    "Trains ran late in Leeds, York and Hull, and nobody could say when the line along the river"
    " would open again, since the water had taken the bridge at Selby with it on Sunday night.",
)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("indent", ["", "    "])
@pytest.mark.parametrize("blank_lines", [0, 1])
@pytest.mark.parametrize("width", [30, 40, 52, 72, 80, 100])
def test_hard_wrapped_text_reads_as_if_it_never_was(
    width: int, blank_lines: int, indent: str, newline: str
) -> None:
    gap = "\n" * (1 + blank_lines)
    lines = textwrap.TextWrapper(width, initial_indent=indent, subsequent_indent=indent)
    text = gap.join(["Storm hits coast", *map(lines.fill, STORY)]).replace("\n", newline)
    assert flat(cut(text)) == ["Storm hits coast", *STORY]


LISTS = {
    "headlines": "Rain in Leeds\nMayor of York to stand again\nWolves seen near Hull\nThree held",
    "recipe": "two eggs\na cup of flour, sieved twice\nsalt\nhalf a litre of milk, cold\nbutter",
    "verse": "and all the rain came down\non fields of barley\nand on the long white road we took\n"
    "when we were small",
    "columns": "Leeds    12    rain and some wind\nYork     14    rain and more wind\n"
    "Hull      9    rain and much wind\nSelby     8    rain and no wind",
    "bullets": "* the storm that hit the coast on\n* the bridge that fell at Selby on\n"
    "* the train that never came to us on",
}


@pytest.mark.parametrize("name", LISTS)
def test_lines_of_a_list_are_not_joined(name: str) -> None:
    assert len(cut(LISTS[name])) == len(LISTS[name].splitlines())
    around = "\n\n".join(textwrap.fill(paragraph, 60) for paragraph in STORY)
    found = flat(cut(f"{around}\n\n{LISTS[name]}\n\n{around}"))
    assert found == [*STORY, *flat(LISTS[name].splitlines()), *STORY]


def test_an_attribution_behind_a_quotation_goes_on_in_the_next_line() -> None:
    text = "“The water came over the bridge at Selby on Sunday night?”\nsaid the mayor of the town."
    assert len(cut(text)) == 1


def test_short_lines_and_blank_lines_are_not_wrapped() -> None:
    assert cut("Rain fell and\nfell on") == ["Rain fell and", "fell on"]
    line = "The storm that hit the coast early on Monday was the strongest in"
    assert len(cut(f"{line}\n\ntwenty years, officials said")) == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("the govern-\nment met", "the government met"),
        ("the govern\u2010\n  ment met", "the government met"),
        ("the govern\u00ad\r\nment met", "the government met"),
        ("a well-\nknown face", "a well known face"),
        ("the Anglo-\nSaxon era", "the anglo saxon era"),
        ("one braxo-\nful braxoful", "one braxoful braxoful"),
        ("pages 10-\n20", "pages 10 20"),
        ("a far-reach, far-\nreach", "a far reach far reach"),
        ("rain -\nand wind", "rain and wind"),
    ],
)
def test_a_hyphen_at_the_end_of_a_line_parts_a_word_or_two(text: str, words: str) -> None:
    tokens = read(text)
    assert list(tokens.words) == words.split()
    assert read_words([text]).values.tolist() == tokens.ids.tolist()


def test_rules_look_no_further_than_the_paragraph() -> None:
    assert cut("It ended at 3 p.m. —\n\nThe room was full.") == [
        "It ended at 3 p.m. —",
        "The room was full.",
    ]


def test_what_closes_a_paragraph_stays_with_its_last_sentence() -> None:
    assert cut("「雨。」\n下雨！？”") == ["「雨。」", "下雨！？”"]
