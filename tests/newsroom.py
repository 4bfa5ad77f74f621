"""Invented news: stories, and what newsrooms do with them, from a seed and words of our own."""

from __future__ import annotations

import datetime
import random
from dataclasses import dataclass
from functools import cache

from dedup import Article

_SYLLABLES = "bra dov el fen gar hul im jor kel lun mir nov or pel quin ras sol tam ul ver".split()
_WHEN = (
    "on Monday|before dawn|last winter|in April|without warning|for weeks|at noon|once again"
    "|this season|after midnight|years ago|meanwhile|during lunch|by accident|reluctantly"
).split("|")
_TRADES = (
    "baker pilot beekeeper auditor clerk glassmaker cook engineer breeder guard nurse trader"
    " collector surgeon astronomer librarian potter fiddler dyer forester grocer mason cooper"
    " weaver notary skipper tailor plumber midwife janitor conductor gardener printer roofer"
    " translator chemist welder tutor florist umpire"
).split()
_QUALITIES = (
    "retired brass wooden municipal forgotten blue Flemish crooked electric narrow borrowed marble"
    " seasonal rusty private hollow northern painted damp elderly floating copper provincial velvet"
    " disputed lame circular striped honorary frozen sunken mobile gilded smoky parish edible"
).split()
_NOUNS = (
    "staircase granary telescope rowboat archive crane avenue cellar barrier hangar violin depot"
    " stage fountain enclosure map trophy tannery pump glasshouse sledge press quarry mosaic"
    " elevator orchard kiln lantern piano tunnel aquarium windmill carriage bell greenhouse harness"
    " sauna loom trumpet chimney turbine raft clock saddle wharf barometer pulpit vineyard hedge"
    " compass dairy furnace balcony dovecote lock sundial trolley anvil canoe reservoir"
).split()
_DEEDS = (
    "repaired auctioned measured inherited abandoned photographed surveyed rejected flooded tested"
    " postponed catalogued disputed financed painted dismantled praised smuggled insured translated"
    " rebuilt sealed evacuated mapped ridiculed harvested rented exhibited weighed polished buried"
    " redesigned exported guarded mislabelled vaccinated copied pawned ventilated raffled"
).split()
_REASONS = (
    "pensioners insurers tourists geologists bishops commuters lawyers squirrels smugglers students"
    " widows magistrates poachers cyclists tenants oarsmen ministers plumbers vandals actuaries"
).split()
_FRAMES = (
    "{When}, {person} {deed} a {quality} {noun} near {place}.",
    "{Person}, a {trade} from {place}, {deed} {number} {quality} {noun}s.",
    "{Reason} in {place} {deed} the {noun} that {person} had {deed2} {when}.",
    "The {trade} {deed} one {quality} {noun} and {deed2} another.",
    "Nobody {deed} {place}’s {noun} until {reason} and a {trade} {deed2} it {when}.",
    "{Quality} {noun}s cost {number} crowns each, {person} told {reason}.",
    "{When} the {noun} was {deed} by {reason}; its {trade} {deed2} everything else.",
    "If {reason} had not {deed} that {noun}, {person} would have {deed2} {number} more.",
    "{Place} has {number} {noun}s, of which {reason} {deed} the {quality} ones.",
    "Its {quality} {noun}, {deed} {when}, belongs to {person}.",
)
_LEADS = (
    "Readers of this newspaper wrote in large numbers when the affair first became known here.",
    "Our correspondent spent a week among those concerned and returned with this account.",
    "It began quietly, yet few events of the season have stirred the valley as much as this one.",
)
_QUARTERS = ("first", "second", "third", "fourth")


@dataclass(frozen=True, slots=True)
class Facts:
    """What differs between two notices of one template."""

    company: str
    quarter: str
    figures: tuple[str, ...]


class Newsroom:
    """Makes texts; two newsrooms of one seed make the same texts in the same order."""

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)

    def name(self) -> str:
        """Invent a name that stands in no vocabulary."""
        count = self._random.choice((2, 3))
        return "".join(self._random.choices(_SYLLABLES, k=count)).capitalize()

    def story(self, sentences: int = 12) -> str:
        """Tell an invented story in paragraphs of three sentences; no two stories tell the same."""
        pick = self._random.sample
        subjects = {
            "person": [f"{self.name()} {self.name()}" for _ in range(3)],
            "place": [self.name() for _ in range(3)],
            "when": list(_WHEN),
            "trade": pick(_TRADES, 4),
            "quality": pick(_QUALITIES, 5),
            "noun": pick(_NOUNS, 6),
            "deed": pick(_DEEDS, 6),
            "reason": pick(_REASONS, 3),
        }
        told = [self._sentence(subjects) for _ in range(sentences)]
        return "\n\n".join(" ".join(told[at : at + 3]) for at in range(0, len(told), 3))

    def _sentence(self, subjects: dict[str, list[str]]) -> str:
        words = {name: self._random.choice(choices) for name, choices in subjects.items()}
        words["deed2"] = self._random.choice(subjects["deed"])
        words["number"] = str(self._random.randint(13, 9876))
        capital = {name.capitalize(): word[0].upper() + word[1:] for name, word in words.items()}
        return self._random.choice(_FRAMES).format(**words, **capital)

    def syndicated(self, text: str) -> str:
        """Run a text as a client paper would: its first sentence replaced, its end cut."""
        paragraphs = text.split("\n\n")
        kept = paragraphs[: max(1, round(0.75 * len(paragraphs)))]
        rest = kept[0].split(". ", 1)
        return "\n\n".join([self._random.choice(_LEADS), *rest[1:], *kept[1:]])

    def excerpt(self, text: str) -> str:
        """Cut a text down to its first two paragraphs, as a teaser does."""
        return "\n\n".join(text.split("\n\n")[:2])

    def shouted(self, text: str) -> str:
        """Change the case and the punctuation of a text and nothing else."""
        return text.upper().replace(",", " –").replace(".", "!").replace("\n\n", "\n")

    def facts(self) -> Facts:
        """Invent a company and its figures."""
        figures = tuple(f"{self._random.uniform(1, 900):.1f}" for _ in range(8))
        company = f"{self.name()} {self._random.choice(('Holdings', 'Group', 'Industries'))}"
        return Facts(company, self._random.choice(_QUARTERS), figures)

    def earnings(self) -> str:
        """Fill a template for quarterly results with another company and other figures."""
        facts = self.facts()
        company, f = facts.company, facts.figures
        return (
            f"{company} reported a net profit of {f[0]} million crowns for the {facts.quarter}"
            f" quarter, compared with {f[1]} million crowns in the same period a year earlier.\n\n"
            f"Revenue came to {f[2]} million crowns, against {f[3]} million crowns last year."
            f" Earnings per share were {f[4]} crowns after {f[5]} crowns, the company said in a"
            " statement.\n\n"
            f"For the full year {company} expects sales of about {f[6]} million crowns. The board"
            f" will propose a dividend of {f[7]} crowns a share at the annual meeting."
        )

    def articles(self, count: int, prefix: str = "n") -> list[Article]:
        """Make unrelated articles, a day apart, of a few sources."""
        first = datetime.date(2024, 1, 1)
        return [
            Article(
                id=f"{prefix}{number:03}",
                text=self.story(),
                title=f"{self.name()} in {self.name()}",
                date=first + datetime.timedelta(number),
                source=f"paper{number % 4}.example",
            )
            for number in range(count)
        ]


@cache
def news(count: int = 12, seed: int = 31) -> list[Article]:
    """Make stories, each with a copy behind it."""
    room = Newsroom(seed)
    found = []
    for article in room.articles(count // 2):
        found += [article, Article(f"{article.id}-copy", room.syndicated(article.text))]
    return found


def forms(count: int = 200) -> list[str]:
    """Fill in two forms in turn: each text is like very many others."""
    names = "Ann Bob Cid Dee Eve Fay Gus Hal".split()
    order = "Order {n} was confirmed for {name} and will be sent from our house at {days}"
    invoice = "Please pay invoice {n} to {name} of the Bergen office not later than {days} today"
    return [
        (order if n % 2 else invoice).format(n=n, name=names[n % 7], days=n % 9)
        + " unless we hear from you by letter or by telephone in the course of this week"
        for n in range(count)
    ]
