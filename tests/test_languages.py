"""The tables of languages: dates and titles of columns on pages, facts that are told in each."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from newsroom_languages import TEXTS

from dedup.facts.changes import changes
from dedup.facts.lexicon import UNSPACED
from dedup.reading.texts import read_texts

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))

from made_changes import Made, by_hand, by_hand_alike

DATES = {
    "ar": ["الثلاثاء 31 أكتوبر 2023", "آخر تحديث: 31 أكتوبر 2023 الساعة 14:30"],
    "de": ["Dienstag, 31. Oktober 2023", "Veröffentlicht am 31. Oktober 2023 um 14.30 Uhr"],
    "es": ["Martes, 31 de octubre de 2023", "Actualizado el 31/10/2023 a las 14:30 h"],
    "fa": ["سه‌شنبه ۳۱ اکتبر ۲۰۲۳"],
    "fr": ["Publié le 31 octobre 2023 à 14h30 - Mis à jour le 1 novembre 2023 à 9h00"],
    "he": ["יום שלישי, 31 באוקטובר 2023"],
    "hi": ["मंगलवार, 31 अक्टूबर 2023"],
    "id": ["Selasa, 31 Oktober 2023 14:30 WIB"],
    "it": ["Martedì 31 ottobre 2023", "Pubblicato il 31 ottobre 2023 alle 14:30"],
    "ja": ["2023年10月31日（火）14時30分", "2023年10月31日 14:30"],
    "ko": ["2023년 10월 31일 화요일", "입력 2023.10.31. 14:30"],
    "nl": ["Dinsdag 31 oktober 2023", "31 oktober 2023 om 14:30"],
    "pl": ["Wtorek, 31 października 2023 r.", "Opublikowano: 31 października 2023, 14:30"],
    "pt": ["Terça-feira, 31 de outubro de 2023", "Atualizado em 31/10/2023 às 14h30"],
    "ru": ["Вторник, 31 октября 2023 г.", "31 октября 2023, 14:30"],
    "sv": ["Tisdag 31 oktober 2023", "Publicerad 31 oktober 2023 kl 14.30"],
    "tr": ["31 Ekim 2023 Salı", "Güncelleme: 31 Ekim 2023 14:30"],
    "uk": ["Вівторок, 31 жовтня 2023 р.", "31 жовтня 2023, 14:30"],
    "ur": ["منگل 31 اکتوبر 2023"],
    "vi": ["Thứ ba, ngày 31 tháng 10 năm 2023", "Thứ Ba, 31/10/2023 14:30"],
    "zh": ["2023年10月31日 星期二 14:30", "2023-10-31 14:30"],
}
COLUMNS = {
    "ar": "أخبار ذات صلة",
    "de": "Ähnliche Artikel",
    "es": "Lo más leído",
    "fr": "Sur le même sujet",
    "hi": "संबंधित खबरें",
    "it": "Articoli correlati",
    "ja": "関連記事",
    "ko": "많이 본 뉴스",
    "pl": "Najczęściej czytane",
    "pt": "Mais lidas",
    "ru": "Материалы по теме",
    "tr": "En çok okunanlar",
    "vi": "Tin cùng chuyên mục",
    "zh": "热门新闻",
}


def furniture(text: str) -> str:
    found = read_texts([text])
    flagged = zip(found.sentences.tolist(), found.furniture.tolist(), strict=True)
    return "".join("".join(text[start:end] for (start, end, _), flag in flagged if flag).split())


@pytest.mark.parametrize("language", DATES)
def test_a_line_with_the_date_of_a_page_is_furniture(language: str) -> None:
    for line in DATES[language]:
        text = f"{line}\n\n{TEXTS[language].source}\n\n{TEXTS[language].other}"
        assert furniture(text) == "".join(line.split())


@pytest.mark.parametrize("language", COLUMNS)
def test_a_column_of_other_stories_is_furniture(language: str) -> None:
    length = 15 if language in UNSPACED else 30
    headlines = [text[:length].rstrip(" .。") for text in TEXTS[language][-2:]]
    column = [COLUMNS[language], *headlines]
    text = "\n\n".join([TEXTS[language].source, *column])
    assert furniture(text) == "".join("".join(column).split())


MISSED = {
    ("fa", "لیسبون"),
    ("zh", "里斯本"),
    ("ko", "리스본"),
    ("ko", "이백만 유로"),
    ("nl", "Jansen"),
    ("id", "31 Oktober"),
    ("pl", "zakazało"),
    ("tr", "yasakladı"),
}
"""Names that no table has in Persian, Chinese and Korean, Korean numbers in Chinese digits, names
that sound alike, a text too short to tell its language, and two opposites of no table."""
TOLD = [made for made in by_hand() if (made.language, made.old) not in MISSED]


@pytest.mark.parametrize("made", TOLD, ids=lambda made: f"{made.language}-{made.kind}")
def test_a_changed_fact_is_told(made: Made) -> None:
    found = changes(made.text, made.changed)
    assert [change.kind for change in found] == [made.kind]


@pytest.mark.parametrize(("language", "one", "other"), list(by_hand_alike()))
def test_the_same_facts_told_otherwise_are_no_change(language: str, one: str, other: str) -> None:
    assert changes(one, other) == (), language
