"""What the rules for sentences know: abbreviations, words around full stops, and limits.

The rules stand in :mod:`dedup.text._sentences`. They were written for news: abbreviations of
titles, months, states and companies, initials, decimals, list numbers, ellipses, quotations with
the stop inside, attributions behind a quoted question, links and full stops that lost their white
space. Each looks at a bounded stretch of text before and after the stop, so the time is linear in
the text.
"""

from __future__ import annotations

from dedup.text.points import gathered


class Token:
    """What is known of a token around a full stop by its letters, as flags."""

    TITLE = 1
    """Stands before a name: no sentence ends with it."""
    PLAIN = 1 << 1
    """A word of its own as well."""
    BEFORE_NUMBER = 1 << 2
    ALSO_LOWER = 1 << 3
    """Stands before a number in lower case too."""
    SOMETIMES = 1 << 4
    """May end a sentence or not."""
    STARTER = 1 << 5
    """Begins a sentence where it is capitalised behind an abbreviation."""
    VERSUS = 1 << 6
    SPEECH = 1 << 7
    """A verb of speech."""
    BEHIND_ORDINAL = 1 << 8
    """Stands behind an ordinal that is written with a period: *14. März*."""


WORDS = {
    Token.TITLE: (
        "mr mrs ms mx dr prof sen sens rep reps gov govs gen lt col maj sgt capt cmdr adm brig"
        " cpl pvt rev fr st ste mt ft hon pres supt atty insp det amb messrs mmes sec vs v dept"
        " asst assoc rt bros viz e.g i.e cf approx lt.gov op ed al ave blvd rd"
        " sra dra mme mmes mlle dott avv dhr mevr ee nr bzw evtl ggf bijv ul godz ул им просп"
    ),
    Token.PLAIN: "in am la ill del miss pa ore wash mass min sat sun mon wed art",
    Token.BEFORE_NUMBER: (
        "no nos art arts fig figs p pp vol vols ch chap sect para jan feb mar apr jun jul aug sep"
        " sept oct nov dec ca c circa est tel ext"
    ),
    Token.ALSO_LOWER: "p pp c ca fig figs vol vols ch sect para",
    Token.SOMETIMES: (
        "u.s u.k u.n e.u u.a.e u.s.a u.s.s.r d.c n.y n.j n.c s.c n.h n.m r.i b.c l.a a.m p.m am"
        " pm a.d inc corp co cos ltd plc llc jr sr esq etc ph.d m.d b.a m.a ala ariz ark calif"
        " colo conn del fla ga ill ind kan ky la md mass mich minn miss mo mont neb nev okla ore"
        " pa tenn tex va vt wash wis wyo ont que bros mfg assn natl intl govt div gop u.s.c s.a"
        " n.v oz lb lbs ft in hr hrs min mins sq mon tue tues wed thu thur thurs fri sat sun"
    ),
    Token.STARTER: (
        "the a an he she it they we i you his her its their our my your this that these those"
        " there here in on at by for from with as if when while after before since until"
        " although though because but and or so yet nor still however meanwhile moreover also"
        " then now what who why how where which some many most all both each every no not one"
        " two several few another other others such even despite according under over during"
        " among between about last next earlier later asked nobody everyone everybody someone"
        " anyone none mr mrs ms dr sen rep gov critics officials analysts police prosecutors"
        " republicans democrats it's he's she's that's there's we're they're i'm don't let's to"
        " of"
    ),
    Token.VERSUS: "vs v bzw evtl ggf bijv ul godz ул им просп",
    Token.SPEECH: (
        "said says asked asks told wrote writes tweeted replied added shouted yelled wondered"
        " demanded quipped joked exclaimed insisted declared answered"
    ),
    Token.BEHIND_ORDINAL: (
        "januar jänner februar märz april mai juni juli august september oktober november"
        " dezember jahrhundert jahrhunderts"
    ),
}
"""The tokens by what is known of them, in lower case, blanks between."""
KNOWN = gathered((flag, words.split()) for flag, words in WORDS.items())
"""What is known of each token."""
LINKS = ("pic.twitter.com/", "http://", "https://")
SPEAKER_WORDS = 4
"""Capitalised words that may name a speaker before a verb of speech."""
LOOK_BACK = 40
"""Characters that a rule looks at before and behind a full stop."""
