"""Split a text into sentences: paragraphs first, then rules at every full stop inside one.

The rules were written for news: abbreviations of titles, months, states and companies, initials,
decimals, list numbers, ellipses, quotations with the stop inside, attributions behind a quoted
question, links and full stops that lost their white space. Each looks at a bounded stretch of text
before and after the stop, so the time is linear in the text.
"""

from __future__ import annotations

import re
from collections import deque

__all__ = ["split_sentences"]

LINE_BREAKS = "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
CLOSERS = "\"'”’»›)]}」』】）］"
OPENERS = "\"'“‘«‹([{¿¡„「『【（［—–-•*"
FULL_WIDTH = "。！？｡؟۔।॥։။።"
"""Full stops of scripts that set no white space behind them."""
STOPS = ".!?…" + FULL_WIDTH
_STOP = re.compile(
    rf"(?P<stop>[{STOPS}]++)(?P<close>[{re.escape(CLOSERS)}]*+)(?P<gap>\s*+)(?=(?P<next>\S))"
)
TITLES = frozenset(
    "mr mrs ms mx dr prof sen sens rep reps gov govs gen lt col maj sgt capt cmdr adm brig"
    " cpl pvt rev fr st ste mt ft hon pres supt atty insp det amb messrs mmes sec vs v dept"
    " asst assoc rt bros viz e.g i.e cf approx lt.gov op ed al ave blvd rd".split()
)
BEFORE_NUMBER = frozenset(
    "no nos art arts fig figs p pp vol vols ch chap sect para jan feb mar apr jun jul aug sep"
    " sept oct nov dec ca c circa est tel ext".split()
)
ALSO_LOWER = frozenset("p pp c ca fig figs vol vols ch sect para".split())
SOMETIMES = frozenset(
    "u.s u.k u.n e.u u.a.e u.s.a u.s.s.r d.c n.y n.j n.c s.c n.h n.m r.i b.c l.a a.m p.m am"
    " pm a.d inc corp co cos ltd plc llc jr sr esq etc ph.d m.d b.a m.a ala ariz ark calif"
    " colo conn del fla ga ill ind kan ky la md mass mich minn miss mo mont neb nev okla ore"
    " pa tenn tex va vt wash wis wyo ont que bros mfg assn natl intl govt div gop u.s.c s.a"
    " n.v oz lb lbs ft in hr hrs min mins sq mon tue tues wed thu thur thurs fri sat sun".split()
)
PLAIN_WORDS = frozenset("in am la ill del miss pa ore wash mass min sat sun mon wed art".split())
VERSUS = frozenset({"vs", "v"})
STARTERS = frozenset(
    "the a an he she it they we i you his her its their our my your this that these those"
    " there here in on at by for from with as if when while after before since until"
    " although though because but and or so yet nor still however meanwhile moreover also"
    " then now what who why how where which some many most all both each every no not one"
    " two several few another other others such even despite according under over during"
    " among between about last next earlier later asked nobody everyone everybody someone"
    " anyone none mr mrs ms dr sen rep gov critics officials analysts police prosecutors"
    " republicans democrats it's he's she's that's there's we're they're i'm don't let's to"
    " of".split()
)
SPEECH_VERBS = frozenset(
    "said says asked asks told wrote writes tweeted replied added shouted yelled wondered demanded"
    " quipped joked exclaimed insisted declared answered".split()
)
SPEAKER_WORDS = 4
"""Capitalised words that may name a speaker before such a verb."""
_SPEECH = re.compile(
    rf"(?:[A-Z][\w.’'-]*\s+){{1,{SPEAKER_WORDS}}}(?:{'|'.join(sorted(SPEECH_VERBS))})\b"
)
DELIMITERS = '"“”‘([{«—–/'
"""What ends, beside white space, the token before a full stop."""
_TOKEN = re.compile(rf"[^\s{re.escape(DELIMITERS)}]*")
_DOTTED = re.compile(r"(?:[a-z]\.)+[a-z]")
WRAP_MIN, WRAP_MAX = 45, 100
"""Characters of a hard-wrapped line."""
MAX_WRAP_GAP = 12
"""Characters of white space between two of them."""
LINE_ENDS = ".!?:;"
"""What a hard-wrapped line does not end with."""
LOOK_BACK = 40
"""Characters that a rule looks at before and behind a full stop."""
_GLUED_REST = re.compile(r"[\w’'-]*(?:[.@/]\w|>)")
LINKS = ("pic.twitter.com/", "http://", "https://")
_LINK = re.compile("|".join(map(re.escape, LINKS)))


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Find the sentences of a text as ``(start, end)`` offsets, in reading order.

    Line breaks end a sentence, except where a text is hard-wrapped; inside a paragraph rules
    decide at every full stop. Everything outside the spans is white space.

    >>> text = "Gov. Lee spoke at 3 p.m. in St. Louis. “It rained!” he said."
    >>> [text[s:e] for s, e in split_sentences(text)]
    ['Gov. Lee spoke at 3 p.m. in St. Louis.', '“It rained!” he said.']
    """
    found, stops = [], deque(_stops(text))
    for start, end in _paragraphs(text):
        begin = free = start
        while stops and stops[0] < end:
            at = stops.popleft()
            if at < free:
                continue
            match = _STOP.match(text, at, end)
            free = match.end() if match else end
            if match and _is_boundary(text, begin, match, (start, end)):
                last = match.end("close")
                if last == match.end("gap") and _opens_quote(text, begin, match):
                    last = match.end("stop")
                found.append((begin, last))
                begin = match.end("gap") if last == match.end("close") else last
        found.append((begin, end))
    return found


def _stops(text: str) -> list[int]:
    """Find the full stops, ascending; one search for each is quicker than one for all."""
    found: list[int] = []
    for stop in STOPS:
        at = text.find(stop)
        while at >= 0:
            found.append(at)
            at = text.find(stop, at + 1)
    found.sort()
    return found


def _paragraphs(text: str) -> list[tuple[int, int]]:
    """Find the paragraphs: lines, hard-wrapped ones joined, white space at both ends cut off."""
    lines: list[tuple[int, int]] = []
    at, wrapped_from = 0, -1
    for line in text.splitlines(keepends=True):
        stripped = line.strip()
        if stripped:
            start = at + len(line) - len(line.lstrip())
            end = start + len(stripped)
            near = start - wrapped_from <= MAX_WRAP_GAP
            if lines and near and _continues(text, lines[-1], wrapped_from, start):
                lines[-1] = (lines[-1][0], end)
            else:
                lines.append((start, end))
            wrapped_from = at + len(line.rstrip(LINE_BREAKS))
        at += len(line)
    return lines


_NEWLINES = re.compile(f"\r\n|[{LINE_BREAKS}]")


def _continues(text: str, before: tuple[int, int], line_end: int, start: int) -> bool:
    """Tell whether the line at ``start`` goes on with the paragraph that ends before it."""
    if not text[start].islower() or len(_NEWLINES.findall(text, line_end, start)) != 1:
        return False
    last = text[max(before[0], before[1] - WRAP_MAX - 1) : before[1]]
    last = _NEWLINES.split(last)[-1]
    return WRAP_MIN <= len(last) <= WRAP_MAX and last[-1] not in LINE_ENDS


def _token_before(text: str, least: int, stop: int) -> str:
    """Cut the token before a full stop, read backwards from it."""
    match = _TOKEN.match(text[max(least, stop - LOOK_BACK) : stop][::-1])
    return match.group()[::-1] if match else ""


def _is_boundary(text: str, begin: int, match: re.Match[str], paragraph: tuple[int, int]) -> bool:
    """Decide whether the sentence ends at this full stop."""
    stop, close, gap = match.group("stop", "close", "gap")
    if stop[-1] in FULL_WIDTH:
        return True
    after = match.start("next")
    char = text[after]
    if not gap:
        return _glued(text, match.start("stop"), after)
    if _LINK.match(text, after):
        return True
    if char.islower() or char in ",;:%…" or (char == "." and stop == "."):
        return False
    if close and stop[-1] in "!?" and _SPEECH.match(text, after, paragraph[1]):
        return False
    if stop == ".":
        return _period_ends(text, begin, match.start("stop"), after, bool(close), paragraph)
    if close or not set(stop) <= {".", "…"}:
        return True
    at = match.start("stop")  # of an ellipsis
    return not text[at - 1 : at].isspace() or _next_word(text, after, paragraph[1]) in STARTERS


def _opens_quote(text: str, begin: int, match: re.Match[str]) -> bool:
    """Tell whether a straight quotation mark glued between two sentences belongs to the second."""
    return match.group("close") == '"' and text.count('"', begin, match.start("close")) % 2 == 0


def _glued(text: str, stop: int, after: int) -> bool:
    """Tell whether a full stop without white space behind it ends a sentence: ``fell.Then``."""
    if text[stop] == "…":
        return text[after].isupper()
    if not text[after].isupper() or not text[after + 1 : after + 2].islower():
        return False
    before = _token_before(text, 0, stop)
    if "/" in before or "@" in before or "." in before or ":" in before or "www" in before:
        return False
    if _GLUED_REST.match(text, after):
        return False
    before = before.rstrip(CLOSERS)
    return len(before) > 2 and before[-2:].islower() and before.lower() not in TITLES


def _period_ends(
    text: str, begin: int, stop: int, after: int, closed: bool, paragraph: tuple[int, int]
) -> bool:
    """Decide at a single period before white space and something that is not lower case."""
    word = _token_before(text, begin, stop).lstrip("'’-")
    lower = word.lower()
    if closed and lower not in TITLES:
        return True
    if word.isdigit() and stop - len(word) == paragraph[0] and len(word) <= 3:
        return False  # a list's number at the head of its line
    if len(word) == 1 and word.isalpha() and word.isupper() and word != "I":
        return False  # an initial
    if lower in TITLES and lower not in PLAIN_WORDS and (word[0].isupper() or lower in VERSUS):
        return False
    if lower in BEFORE_NUMBER and (word[0].isupper() or lower in ALSO_LOWER):
        if text[after].isdigit():
            return False
        return lower in PLAIN_WORDS or _next_word(text, after, paragraph[1]) in STARTERS
    if lower in SOMETIMES or _DOTTED.fullmatch(lower):
        if lower in PLAIN_WORDS and (word.islower() or word.isupper()):
            return True
        return text[after] in '“"‘•' or _next_word(text, after, paragraph[1]) in STARTERS
    return True


_NEXT = re.compile(rf"[{re.escape(OPENERS)}\s]*([^\W_]+(?:[’'][a-z]+)?)")


def _next_word(text: str, after: int, end: int) -> str:
    match = _NEXT.match(text, after, min(end, after + LOOK_BACK))
    return match.group(1).lower().replace("’", "'") if match else ""
