"""The views: what a reader, a browser and a machine get from the same findings."""

from __future__ import annotations

import base64
import datetime
import hashlib
import io
import json
import math
import re
import subprocess
import sys
import time
from dataclasses import asdict, replace
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path

import pytest
from browser import EVIL, browse, printed, violations
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

import dedup
from dedup.model import (
    Article,
    Change,
    ChangeKind,
    Findings,
    Passage,
    PassageKind,
    Reason,
    Sentence,
    Span,
    Verdict,
)
from dedup.verdict.measures import MEASURES
from dedup.views import wording
from dedup.views.machine import to_dict, to_json
from dedup.views.marks import Mark, pieces
from dedup.views.minimap import HEIGHT, minimap
from dedup.views.page import to_html
from dedup.views.reasons import reason_lines
from dedup.views.terminal import show, to_text
from dedup.views.wording import likelihood, measure_words, percent, printable

TEXT_A = (
    "By Our Staff\n\n"
    "The dam at Lake Vell gave way on Monday. Twelve people are missing.\n\n"
    "Engineers had warned of cracks. The mayor did not answer questions. "
    "“We saw it coming,” said a farmer."
)
TEXT_B = (
    "Share this story\r\n"
    "Engineers had warned of cracks.\n\n\n"
    "At Lake Vell the dam broke on Monday, and 19 people are missing.\n"
    "The river has since fallen.\n"
)


def sentence(text: str, words: str) -> Sentence:
    start = text.index(words)
    return Sentence(start, start + len(words), words)


def span(text: str, words: str) -> Span:
    found = sentence(text, words)
    return Span(found.start, found.end)


def small_findings() -> Findings:
    of_a = [
        sentence(TEXT_A, words)
        for words in (
            "By Our Staff",
            "The dam at Lake Vell gave way on Monday.",
            "Twelve people are missing.",
            "Engineers had warned of cracks.",
            "The mayor did not answer questions.",
            "“We saw it coming,” said a farmer.",
        )
    ]
    of_b = [
        sentence(TEXT_B, words)
        for words in (
            "Share this story",
            "Engineers had warned of cracks.",
            "At Lake Vell the dam broke on Monday, and 19 people are missing.",
            "The river has since fallen.",
        )
    ]
    shared = (
        ("at Lake Vell", "At Lake Vell"),
        ("on Monday", "on Monday"),
        ("people are missing",) * 2,
    )
    runs = tuple((span(TEXT_A, in_a), span(TEXT_B, in_b)) for in_a, in_b in shared)
    change = Change(ChangeKind.NUMBER, "Twelve", "19")
    kind = PassageKind
    passages = (
        Passage(kind.BOILERPLATE, (of_a[0],), ()),
        Passage(kind.BOILERPLATE, (), (of_b[0],)),
        Passage(kind.COPIED, (of_a[3],), (of_b[1],), 1.0, moved=True),
        Passage(kind.REWRITTEN, tuple(of_a[1:3]), (of_b[2],), 0.7, copied=runs, changes=(change,)),
        Passage(kind.DROPPED, (of_a[4],), ()),
        Passage(kind.DROPPED, (of_a[5],), ()),
        Passage(kind.ADDED, (), (of_b[3],)),
    )
    a = Article("a", TEXT_A, title="Dam fails", source="Gazette", date=datetime.date(2024, 3, 4))
    return Findings(
        a,
        Article("b", TEXT_B),
        Verdict.REWRITTEN,
        0.934,
        0.3,
        0.4,
        0.5,
        0.6,
        0.75,
        passages,
        {"x": 1},
    )


# --- Arbitrary findings -------------------------------------------------------------------------

AWKWARD = "<>&\"'`\0\x1b\x07\x85\ud800\udfff\u202e\u2066\u2028\n\r\t aZ1 ’é中שלו،"
CHARACTERS = st.one_of(st.sampled_from(AWKWARD), st.characters())
TEXTS = st.text(CHARACTERS, max_size=30)
GAPS = st.sampled_from(["", " ", "\n", "\n\n", "\r\n"])
SENTENCES = st.lists(st.tuples(TEXTS.filter(bool), GAPS), max_size=12)
ONE_SIDED = {"a": [PassageKind.DROPPED, PassageKind.BOILERPLATE]}
ONE_SIDED["b"] = [PassageKind.ADDED, PassageKind.BOILERPLATE]


def laid_out(parts: list[tuple[str, str]]) -> tuple[str, list[Sentence]]:
    text, found = "", []
    for words, gap in parts:
        found.append(Sentence(len(text), len(text) + len(words), words))
        text += words + gap
    return text, found


@st.composite
def linked(draw: st.DrawFn, a: Sentence, b: Sentence) -> Passage:
    def part(of: Sentence) -> tuple[int, int]:
        start = draw(st.integers(of.start, of.end))
        return start, draw(st.integers(start, of.end))

    spans = [(Span(*part(a)), Span(*part(b))) for _ in range(draw(st.integers(0, 2)))]
    changes = []
    for _ in range(draw(st.integers(0, 2))):
        (first, second), (third, fourth) = part(a), part(b)
        facts = (
            a.text[first - a.start : second - a.start],
            b.text[third - b.start : fourth - b.start],
        )
        changes.append(Change(draw(st.sampled_from(ChangeKind)), *facts))
    kind = draw(st.sampled_from([PassageKind.COPIED, PassageKind.REWRITTEN]))
    moved = draw(st.booleans())
    return Passage(kind, (a,), (b,), 0.5, moved, tuple(spans), tuple(changes))


@st.composite
def any_findings(draw: st.DrawFn) -> Findings:
    text_a, of_a = laid_out(draw(SENTENCES))
    text_b, of_b = laid_out(draw(SENTENCES))
    links = draw(st.integers(0, min(len(of_a), len(of_b))))
    turned = draw(st.permutations(of_a))
    passages = [draw(linked(*pair)) for pair in zip(turned[:links], of_b[:links], strict=True)]
    alone_a, alone_b = (st.sampled_from(ONE_SIDED[side]) for side in "ab")
    passages += [Passage(draw(alone_a), (one,), ()) for one in turned[links:]]
    passages += [Passage(draw(alone_b), (), (one,)) for one in of_b[links:]]
    a, b = [
        Article(draw(TEXTS), text, title=draw(TEXTS), source=draw(TEXTS), url=draw(TEXTS))
        for text in (text_a, text_b)
    ]
    shares = [draw(st.floats(0, 1)) for _ in range(6)]
    verdict = draw(st.sampled_from(Verdict))
    return Findings(a, b, verdict, *shares, tuple(passages), {})


# --- A page, as a browser would read it ---------------------------------------------------------


class Page(HTMLParser):
    """Collects what the tests ask about: tags, attributes, the text of each article and script."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.articles: list[str] = []
        self.script = ""
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag == "article":
            self.articles.append("")
        if tag not in {"meta", "path", "rect"}:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "article" in self.open:
            self.articles[-1] += data
        if "script" in self.open:
            self.script += data

    def having(self, attribute: str) -> list[str]:
        return [attributes[attribute] for _, attributes in self.tags if attribute in attributes]


def sentences_of(page: Page, side: str) -> list[dict[str, str]]:
    """Give the attributes of the sentences in one article, in reading order."""
    return [
        attributes
        for _, attributes in page.tags
        if attributes.get("class", "").startswith("s ")
        and "data-tag" in attributes
        and (attributes.get("id", side)[0] == side)
    ]


OWN_TAGS = set(
    "html head meta title style body header main section nav div p span small b i u del ins mark a"
    " button kbd table caption thead tbody tr th td meter details summary h1 h2 h3 ul ol li"
    " article bdi svg path rect script".split()
)


@given(any_findings())
@settings(max_examples=60, deadline=None)
def test_page_holds_both_texts_whole_and_nothing_that_they_wrote_as_markup(found: Findings) -> None:
    html = to_html(found)
    html.encode()
    page = Page(html)
    assert not page.open
    texts = [printable(text) for text in (found.a.text, found.b.text) if text]
    assert page.articles == texts
    names = page.having("id")
    assert len(names) == len(set(names))
    links = [link for link in page.having("href") if link.startswith("#")]
    assert {link[1:] for link in links} | set(page.having("aria-describedby")) <= set(names)
    assert {tag for tag, _ in page.tags} <= OWN_TAGS
    assert not [name for _, held in page.tags for name in held if name.startswith(("on", "src"))]


def test_page_is_one_file_whose_policy_allows_its_own_script_alone() -> None:
    page = Page(to_html(small_findings()))
    policy = next(held["content"] for _, held in page.tags if "http-equiv" in held)
    digest = base64.b64encode(hashlib.sha256(page.script.encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    )
    assert sum(tag == "script" for tag, _ in page.tags) == 1
    assert not [link for link in page.having("href") if not link.startswith("#")]
    assert "url(" not in to_html(small_findings())
    assert "@import" not in to_html(small_findings())


def test_hostile_texts_stay_text() -> None:
    attack = "</script></style><script>alert(1)</script><img src=x onerror=alert(2)>\"'&amp;"
    kind = PassageKind.REWRITTEN
    one = Sentence(0, len(attack), attack)
    change = Change(ChangeKind.QUOTE, attack, "'\"><b onclick=alert(3)>")
    passage = Passage(kind, (one,), (one,), 0.5, changes=(change,))
    article = Article(attack, attack, title=attack, source=attack, url="javascript:alert(4)")
    found = replace(small_findings(), a=article, b=article, passages=(passage,))
    page = Page(to_html(found))
    assert page.articles == [attack, attack]
    assert not [tag for tag, _ in page.tags if tag == "img"]
    assert sum(tag == "script" for tag, _ in page.tags) == 1
    assert not [held for _, held in page.tags if "onclick" in held or "onerror" in held]
    assert not [link for link in page.having("href") if "javascript" in link]


def test_a_sentence_with_another_fact_is_as_large_as_the_others(tmp_path: Path) -> None:
    story = "Rain fell on Oslo for four days. The trams stood still in all of the city."
    page = tmp_path / "page.html"
    page.write_text(dedup.compare(story, story.replace("four", "nine")).to_html(), encoding="utf-8")
    script = (
        "const sizes = [...document.querySelectorAll('article .s')]"
        ".map(one => getComputedStyle(one).fontSize);"
        "document.title = `${sizes.length} in ${new Set(sizes).size} size`;"
    )
    assert "<title>4 in 1 size</title>" in browse(page, script)


def test_nothing_that_a_text_holds_runs_in_a_browser(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    a = Article("a", TEXT_A + EVIL, EVIL, None, EVIL, "javascript:document.title=`owned`")
    b = Article("../../b\x1b", f"{EVIL} {TEXT_B}", "", None, "", "data:text/html,")
    page.write_text(dedup.compare(a, b).to_html(), encoding="utf-8")
    hover = """
      for (const each of document.querySelectorAll("a, button, [data-p]")) {
        each.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
      }
      document.body.dataset.clicked = "";
    """
    seen = browse(page, hover)
    assert "data-clicked" in seen
    assert "<title>owned" not in seen, "nor without the policy"
    assert re.findall(r'href="(?!#)', seen) == []
    assert "\x1b" not in seen
    other = "document.title = `owned`;"
    assert "<title>owned" in browse(page, other)
    seen = browse(page, other, with_policy=True)
    assert "<title>owned" not in seen, "the policy lets no other script run"
    assert '<html lang="en" class="live">' in seen, "but the page's own"


def test_a_heading_keeps_its_order_where_a_source_is_written_from_the_right() -> None:
    a = Article("a", TEXT_A, "", datetime.date(2024, 3, 7), "حبر")
    page = to_html(replace(small_findings(), a=a))
    assert "<bdi>حبر</bdi>, 7 March 2024" in page


def test_page_links_an_article_to_its_address_on_the_web() -> None:
    found = small_findings()
    found = replace(found, b=replace(found.b, url="https://example.org/?a=1&b=2"))
    assert "https://example.org/?a=1&b=2" in Page(to_html(found)).having("href")


def test_page_links_partners_both_ways_and_tells_kinds_apart_without_colour() -> None:
    page = Page(to_html(small_findings()))
    in_a = {held["id"]: held for held in sentences_of(page, "a") if "id" in held}
    in_b = {held["id"]: held for held in sentences_of(page, "b") if "id" in held}
    assert (in_a["a4"]["href"], in_b["b4"]["href"]) == ("#b4", "#a4")
    assert {held["data-tag"] for held in in_a.values()} == {"·", "~4", "⇅=3", "−"}
    assert {held["data-tag"] for held in in_b.values()} == {"·", "⇅=3", "~4", "+"}
    assert in_b["b7"]["class"] == "s added"
    assert "href" not in in_b["b7"]
    assert in_b["b7"]["tabindex"] == "0"
    assert in_a["a3"]["class"] == "s copied moved"


def test_page_keeps_the_order_of_values_that_are_written_from_right_to_left() -> None:
    text = "اندلع الحريق يوم الثلاثاء في المستودع."
    html = dedup.compare(text, text.replace("الثلاثاء", "الخميس")).to_html()
    assert '<mark title="date: \u2068الثلاثاء\u2069 → \u2068الخميس\u2069">' in html


def test_page_marks_words_runs_and_facts_inside_a_rewritten_passage() -> None:
    html = to_html(small_findings())
    assert '<mark title="number: Twelve → 19">Twelve</mark>' in html
    assert '<mark title="number: Twelve → 19">19</mark>' in html
    assert "<del>gave way</del>" in html
    assert "<ins>broke</ins>" in html
    assert "<u>on Monday</u>" in html


def test_page_keeps_paragraphs() -> None:
    html = to_html(small_findings())
    assert '<span class="gap paragraph">\n\n</span>' in html
    assert '<span class="gap line">\r\n</span>' in html


def test_page_offers_a_filter_for_what_there_is_and_no_other() -> None:
    offered = Page(to_html(small_findings())).having("data-filter")
    kinds = ["copied", "rewritten", "added", "dropped", "boilerplate"]
    assert offered == [*kinds, "moved", "facts"]
    alone = replace(small_findings(), passages=small_findings().passages[-1:])
    assert Page(to_html(alone)).having("data-filter") == ["added"]


def test_page_of_empty_texts_says_so() -> None:
    nothing = Article("a", "")
    found = replace(small_findings(), a=nothing, b=nothing, passages=())
    assert to_html(found).count("No text.") == 2
    assert "UNRELATED" in to_text(replace(found, verdict=Verdict.UNRELATED))


def long_findings(words: int) -> Findings:
    """Make a rewritten pair of ``words`` words a side, every third of them changed."""
    passages, texts = [], {"a": "", "b": ""}
    for number in range(words // 20):
        said = {
            side: " ".join(f"w{number}{'' if k % 3 else side}{k}" for k in range(20)) + "."
            for side in "ab"
        }
        pair = [
            Sentence(len(texts[side]), len(texts[side]) + len(said[side]), said[side])
            for side in "ab"
        ]
        passages.append(Passage(PassageKind.REWRITTEN, (pair[0],), (pair[1],), 0.5))
        for side in "ab":
            texts[side] += said[side] + "\n\n"
    a, b = (Article(side, text) for side, text in texts.items())
    return Findings(a, b, Verdict.REWRITTEN, 0.9, 0, 0, 0, 1, 1, tuple(passages), {})


def test_page_of_a_long_pair_is_small_and_made_at_once() -> None:
    found = long_findings(5000)
    html = to_html(found)
    assert len(html) < 25 * (len(found.a.text) + len(found.b.text))
    assert len(html) < 2_000_000
    taken = []
    for _ in range(3):
        begun = time.process_time()
        to_html(found)
        taken.append(time.process_time() - begun)
    assert min(taken) < 0.6  # a tenth of a second on a common machine, and room for a slow one


def test_a_short_pair_fits_on_one_sheet_with_its_evidence(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(dedup.compare(TEXT_A, TEXT_B).to_html(), encoding="utf-8")
    (sheet,) = printed(page)
    assert "any two articles, before the evidence" in sheet, "no one can open a list on paper"
    assert "Engineers had warned of cracks." in sheet
    assert "Changed words" not in sheet, "a button is no use on paper"


OPEN_ALL = 'for (const each of document.querySelectorAll("details")) each.open = true;'


@pytest.mark.parametrize(("width", "dark"), [(1400, False), (800, True), (400, False)])
def test_the_page_breaks_no_rule_of_accessibility(tmp_path: Path, width: int, dark: bool) -> None:
    page = tmp_path / "page.html"
    page.write_text(dedup.compare(TEXT_A, TEXT_B).to_html(), encoding="utf-8")
    assert violations(page, OPEN_ALL, width, dark=dark) == []


def test_a_short_pairs_drawing_is_as_tall_as_its_texts_and_nothing_scrolls_inside(
    tmp_path: Path,
) -> None:
    page = tmp_path / "page.html"
    page.write_text(dedup.compare(TEXT_A, TEXT_B).to_html(), encoding="utf-8")
    measure = """
      const height = (name) => document.querySelector(name).getBoundingClientRect().height;
      const inner = [...document.body.querySelectorAll("*")].filter((each) =>
        /auto|scroll/.test(getComputedStyle(each).overflowY) || each.scrollHeight > innerHeight);
      const texts = Math.max(height("#a"), height("#b"));
      document.title = [Math.abs(height(".minimap") - texts) < 1, texts < 600, inner.length];
    """
    assert "<title>true,true,0</title>" in browse(page, measure, "--window-size=1400,2000")


def test_a_partner_far_away_is_brought_level(tmp_path: Path) -> None:
    lines = [f"Sentence {n} tells of place {n * 7} and of river {n * 13} alone." for n in range(60)]
    page = tmp_path / "page.html"
    found = dedup.compare("\n\n".join(lines), "\n\n".join(lines[45:] + lines[:45]))
    page.write_text(found.to_html(), encoding="utf-8")
    act = """
      const [sentence] = [...document.querySelectorAll("#a .s")].filter((each) =>
        each.textContent.includes("Sentence 50 "));
      const partner = document.querySelector(sentence.getAttribute("href"));
      const apart = () => Math.abs(sentence.getBoundingClientRect().top
        - partner.getBoundingClientRect().top);
      const before = apart();
      sentence.click();
      document.title = [before > innerHeight, apart() < 1];
    """
    assert "<title>true,true</title>" in browse(page, act, "--window-size=1400,900")


def test_the_surest_fact_stands_first() -> None:
    alone = replace(rewritten("Rain fell.", "Snow came down.", ("Oslo", "")), similarity=0.9)
    far = replace(rewritten("Twelve came.", "By 19 it was.", ("Twelve", "19")), similarity=0.2)
    near = replace(rewritten("In Oslo.", "In Rome.", ("Oslo", "Rome")), similarity=0.8)
    words = (Change(ChangeKind.QUOTE, "“We saw it”", "“We saw that”"),)
    quoted = replace(rewritten("“We saw it”", "“We saw that”"), changes=words, similarity=0.9)
    page = to_html(replace(small_findings(), passages=(alone, far, near, quoted)))
    assert re.findall(r'<li data-p="(\d)"><a', page) == ["3", "2", "4", "1"]
    assert "name in A alone</i>" in page


def test_a_tag_is_never_parted_from_the_first_word_of_its_sentence() -> None:
    style = (files("dedup.views") / "base.css").read_text()
    (rule,) = re.findall(r"\n\.s::before \{(.*?)\}", style)
    assert 'attr(data-tag) "\\2060"' in rule
    assert "display" not in rule, "a line may break behind a block, joiner or not"


# --- The style sheet ----------------------------------------------------------------------------


def luminance(colour: str) -> float:
    """Give the relative luminance of WCAG 2.2."""
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


KINDS = [kind.value for kind in PassageKind]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_colours_have_the_contrast_that_reading_needs(scheme: int) -> None:
    style = (files("dedup.views") / "base.css").read_text("utf-8")
    roots = re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", roots[scheme]))
    grounds = [colours["paper"], *(colours[f"{kind}-tint"] for kind in KINDS)]
    for ground in grounds:
        assert contrast(colours["ink"], ground) >= 7
    for name in ("muted", *KINDS):
        assert contrast(colours[name], colours["paper"]) >= 4.5
        assert contrast(colours[name], colours["raised"]) >= 4.5
    for kind in KINDS:
        assert contrast(colours[kind], colours[f"{kind}-tint"]) >= 4.5


# --- Pieces -------------------------------------------------------------------------------------


def rewritten(in_a: str, in_b: str, *facts: tuple[str, str]) -> Passage:
    changes = tuple(Change(ChangeKind.NAME, *fact) for fact in facts)
    a, b = Sentence(0, len(in_a), in_a), Sentence(0, len(in_b), in_b)
    return Passage(PassageKind.REWRITTEN, (a,), (b,), 0.5, changes=changes)


def marked(passage: Passage, mark: Mark) -> tuple[list[str], list[str]]:
    in_a, in_b = pieces(passage)
    return (
        [piece.text for cut in in_a for piece in cut if piece.mark is mark],
        [piece.text for cut in in_b for piece in cut if piece.mark is mark],
    )


@given(any_findings())
@settings(max_examples=60, deadline=None)
def test_pieces_joined_give_the_sentences_back(found: Findings) -> None:
    for passage in found.passages:
        for side, cuts in zip((passage.a, passage.b), pieces(passage), strict=True):
            assert [s.text for s in side] == ["".join(p.text for p in cut) for cut in cuts]


def test_a_fact_of_blanks_is_marked_nowhere() -> None:
    assert marked(rewritten("An old pier.", "A new pier.", (" ", "\n")), Mark.FACT) == ([], [])


def test_changed_words_are_joined_and_case_does_not_count() -> None:
    passage = rewritten("The OLD bridge fell.", "The stone arch, built late, fell.")
    assert marked(passage, Mark.CHANGED) == (["OLD bridge"], ["stone arch, built late"])


def test_short_words_between_changed_ones_go_with_them_but_not_beside_kept_ones() -> None:
    passage = rewritten("Crews of the north rested of late.", "Teams of soldiers rested of old.")
    assert marked(passage, Mark.CHANGED)[0] == ["Crews of the north", "late"]


def test_the_ending_after_an_apostrophe_goes_with_its_word() -> None:
    passage = rewritten("Oslo’s harbour closed.", "Oslo closed its port.")
    assert marked(passage, Mark.CHANGED)[0] == ["harbour"]


def test_a_verbatim_run_is_never_marked_changed() -> None:
    passage = rewritten("alpha in the beta", "gamma in the delta")
    passage = replace(passage, copied=((Span(6, 12), Span(6, 12)),))
    assert marked(passage, Mark.VERBATIM) == (["in the"], ["in the"])
    assert marked(passage, Mark.CHANGED) == (["alpha", "beta"], ["gamma", "delta"])


def test_a_fact_is_found_as_whole_words_and_each_at_its_own_place() -> None:
    passage = rewritten(
        "In 2012 some 12 of 12 left.", "In 2012 19 of 20 left.", ("12", "19"), ("12", "20")
    )
    in_a, in_b = pieces(passage)
    found = [(p.text, p.change) for p in in_a[0] if p.mark is Mark.FACT]
    assert found == [("12", passage.changes[0]), ("12", passage.changes[1])]
    assert [p.text for p in in_b[0] if p.mark is Mark.FACT] == ["19", "20"]
    assert "2012" in in_a[0][0].text


def test_neighbouring_facts_in_a_script_without_spaces_are_cut_apart() -> None:
    passage = rewritten("三四", "五六", ("三", "五"), ("四", "六"))
    assert marked(passage, Mark.FACT) == (["三", "四"], ["五", "六"])


def test_a_fact_that_is_not_there_marks_nothing() -> None:
    passage = rewritten("Rain fell.", "Snow fell.", ("hail", ""))
    assert marked(passage, Mark.FACT) == ([], [])


# --- The terminal -------------------------------------------------------------------------------


def test_text_reads_like_this() -> None:
    assert to_text(small_findings(), width=78) == EXPECTED.strip("\n")


EXPECTED = """
REWRITTEN  The same story, told in other words.
93% probable that one is a version of the other: very likely

a  Dam fails — Gazette, 4 March 2024
                 a      b
Coverage       60%    75%  words in copied or rewritten passages, boilerplate
                           left out
Containment    40%    50%  runs of three words that the other text has too
Jaccard        30%         runs of three words in both, of those in either

= copied 1  ~ rewritten 1  + added 1  − dropped 2  · boilerplate 2  ⇅ moved 1
[-words-] in a alone  {+words+} in b alone

·      2 lines of boilerplate

= 3    b  Engineers had warned of cracks.
          ⇅ moved

~ 4    a  The dam at Lake Vell [-gave way-] on Monday. [-Twelve-] people are
          missing.
       b  At Lake Vell the dam {+broke+} on Monday, {+and 19+} people are
          missing.
          2 sentences merged into 1; number: Twelve → 19

− 5    a  The mayor did not answer questions.

− 6    a  “We saw it coming,” said a farmer.

+ 7    b  The river has since fallen.
"""


@given(any_findings(), st.integers(40, 120))
@settings(max_examples=60, deadline=None)
def test_text_keeps_its_width_and_holds_nothing_a_terminal_obeys(
    found: Findings, width: int
) -> None:
    text = to_text(found, width=width)
    text.encode()
    assert max(cell_len(line) for line in text.split("\n")) <= width
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)


def test_a_text_cannot_steer_the_terminal_it_is_shown_in() -> None:
    attack = "one\x1b[2J two\u202e three\u2066 four\rfive"
    one = Sentence(0, len(attack), attack)
    article = Article("b", attack, title=attack)
    added = Passage(PassageKind.ADDED, (), (one,))
    shown = to_text(replace(small_findings(), b=article, passages=(added,)))
    assert shown.count("one␛[2J two three four five") == 2


def test_text_of_a_long_sentence_loses_no_word() -> None:
    found = long_findings(200)
    shown = to_text(found, width=40).split()
    for number in range(10):
        assert f"w{number}1" in shown


def test_colour_takes_the_place_of_marks() -> None:
    plain, coloured = to_text(small_findings()), to_text(small_findings(), colour=True)
    assert "\x1b[" not in plain
    assert "[-gave way-]" in plain
    assert "\x1b[9;31mgave way\x1b[0m" in coloured
    assert "[-" not in coloured


def test_a_console_without_colour_gets_the_marks() -> None:
    stream = io.StringIO()
    show(small_findings(), Console(file=stream, force_terminal=True, no_color=True, width=100))
    assert "{+broke+}" in re.sub(r"\x1b\[[0-9;]*m", "", stream.getvalue())
    assert not re.search(r"\x1b\[(?:\d+;)*3\d", stream.getvalue())


# --- Machines -----------------------------------------------------------------------------------


def test_dict_has_the_names_of_the_attributes() -> None:
    found = small_findings()
    given_back = to_dict(found)
    names = set(Findings.__slots__) | {"is_version", "reasons"}
    assert set(given_back) == names
    assert given_back["coverage_b"] == 0.75
    assert given_back["a"] == {
        "id": "a",
        "title": "Dam fails",
        "date": "2024-03-04",
        "source": "Gazette",
        "url": "",
    }
    fourth = json.loads(to_json(found))["passages"][3]
    assert set(fourth) == set(Passage.__slots__)
    assert fourth["changes"] == [{"kind": "number", "a": "Twelve", "b": "19"}]
    run = fourth["copied"][1]
    assert TEXT_A[run["a"]["start"] : run["a"]["end"]] == "on Monday"
    assert TEXT_B[run["b"]["start"] : run["b"]["end"]] == "on Monday"
    for side, text in (("a", TEXT_A), ("b", TEXT_B)):
        for one in fourth[side]:
            assert text[one["start"] : one["end"]] == one["text"]


@given(any_findings(), st.sampled_from([None, 2]))
@settings(max_examples=60, deadline=None)
def test_json_encodes_and_comes_back(found: Findings, indent: int | None) -> None:
    written = to_json(found, indent)
    kept = json.loads(written.encode())
    # JSON cannot tell two lone surrogates in a row from the character that they would make.
    assert kept == json.loads(json.dumps(to_dict(found)))


def test_json_leaves_text_readable_and_escapes_lone_surrogates_alone() -> None:
    found = small_findings()
    written = to_json(replace(found, a=replace(found.a, title="Caf\u00e9 \ud800")))
    assert '"Caf\u00e9 \\ud800"' in written


# --- Words and figures --------------------------------------------------------------------------


@given(st.floats(0, 1))
def test_percent_says_none_and_all_only_where_it_is_so(share: float) -> None:
    said = percent(share)
    assert (said == "0%") == (share == 0)
    assert (said == "100%") == (share == 1)


@given(st.floats(0, 1))
def test_likelihood_turns_where_the_verdict_turns(probability: float) -> None:
    says_yes = likelihood(probability) in {
        "virtually certain",
        "very likely",
        "likely",
        "more likely than not",
    }
    assert says_yes == (probability >= 0.5)


@given(st.text(CHARACTERS))
def test_printable_keeps_the_length_and_what_can_be_shown(text: str) -> None:
    shown = printable(text)
    assert len(shown) == len(text)
    shown.encode()
    assert all(new == old or not old.isprintable() for old, new in zip(text, shown, strict=True))


@given(any_findings())
@settings(max_examples=60, deadline=None)
def test_minimap_lies_inside_its_frame_and_shows_every_linked_passage(found: Findings) -> None:
    drawn = minimap(found)
    for bar in drawn.bars:
        assert 0 <= bar.top < bar.top + bar.height <= HEIGHT
    for ribbon in drawn.ribbons:
        assert 0 <= ribbon.a_top < ribbon.a_end <= HEIGHT
        assert 0 <= ribbon.b_top < ribbon.b_end <= HEIGHT
    linked_ones = {n for n, p in enumerate(found.passages, start=1) if p.a and p.b}
    assert {ribbon.passage for ribbon in drawn.ribbons} == linked_ones


def test_views_import_neither_rich_nor_jinja_before_they_are_asked() -> None:
    code = "import sys, dedup.views; print({'rich', 'jinja2', 'markupsafe'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


# --- Reasons

RAIN = "Rain fell on the town of Leeds for two days. Trams stood still. Nobody minded, he said."
WET = "For two days rain fell on Leeds. Nobody in the town minded. A brewery was flooded there."


def test_every_measure_has_words() -> None:
    for measure in MEASURES:
        assert measure_words(measure.name) == measure.words
        assert "_" not in measure.words


def test_reasons_add_up_to_the_probability_and_come_by_weight() -> None:
    found = dedup.why(RAIN, WET)
    logit = math.fsum(reason.contribution or 0.0 for reason in found)
    probability = dedup.compare(RAIN, WET).probability
    assert 1 / (1 + math.exp(-logit)) == pytest.approx(probability, abs=1e-8)
    asked = {measure.name for measure in MEASURES} - {"same", "empty"}
    assert {reason.term for reason in found} == {*asked, "intercept"}
    *weighed, start = found
    assert start.term == "intercept"
    sizes = [abs(reason.contribution or 0.0) for reason in weighed]
    assert sizes == sorted(sizes, reverse=True)


def test_reasons_are_the_same_with_the_texts_swapped() -> None:
    assert dedup.why(RAIN, WET) == dedup.why(WET, RAIN)


def test_what_decides_by_itself_is_the_one_reason() -> None:
    (same,) = dedup.why(RAIN, RAIN.upper())
    assert (same.term, same.value, same.contribution) == ("same", 1.0, None)
    (empty,) = dedup.why(RAIN, "")
    assert empty.term == "empty"
    assert dedup.why("", "")[0].term == "same"


def test_every_view_says_why() -> None:
    found = dedup.compare(RAIN, WET)
    wanted = [*reason_lines(dedup.why(RAIN, WET))]
    assert len(wanted) > 2
    shown = to_text(found, width=200)
    page = to_html(found)
    for weight, words in wanted:
        assert f"{weight:>5}  {words}" in shown
        assert f"<td>{weight}</td><td>{words}</td>" in page
    as_json = json.loads(to_json(found))["reasons"]
    assert as_json == [asdict(reason) for reason in dedup.why(RAIN, WET)]
    assert "Why" not in to_text(small_findings()), "no evidence, no reasons"
    assert "<summary>Why" not in to_html(small_findings())


def test_reasons_that_change_nothing_are_not_shown() -> None:
    small = Reason("linked", "links", 0.01, 0.02)
    assert [*reason_lines([small])] == []
    count = Reason("kept_sentences", "sentences kept", 3.0, -6.0)
    assert [*reason_lines([count])] == [("−6.0", "sentences kept: 3")]
    none = Reason("days_apart", "days apart", 0.0, 2.0)
    assert [*reason_lines([none])] == [("+2.0", "days apart: 0")], "a count is no share"


def test_a_logarithm_is_told_as_what_it_is_of() -> None:
    lacking = Reason("amounts_lacking", measure_words("amounts_lacking"), math.log1p(3), 1.0)
    assert [*reason_lines([lacking])] == [("+1.0", "amounts that the other text lacks: 3")]


def test_days_that_are_not_known_are_not_told_as_none_between_two_dates() -> None:
    assert "0 where one opens with none" in measure_words("days_apart")


@pytest.mark.parametrize(
    ("date", "shown"),
    [
        (datetime.date(2024, 3, 4), "Wire, 4 March 2024"),
        (datetime.datetime(2024, 3, 4), "Wire, 4 March 2024"),
        (datetime.datetime(2024, 3, 4, 7, 5), "Wire, 4 March 2024 07:05"),
        (datetime.datetime(2024, 3, 4, 7, tzinfo=datetime.UTC), "Wire, 4 March 2024 07:00 UTC"),
    ],
)
def test_the_time_of_day_is_shown_where_there_is_one(date: datetime.date, shown: str) -> None:
    assert wording.article_line(Article("a", "", source="Wire", date=date), "a") == shown
