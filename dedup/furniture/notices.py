"""Rules for page furniture in other languages than English: labels, pointers, notices.

The phrases stand in one table by language; a rule each tries those of all languages, where a
paragraph or sentence begins as one of them does.
"""

from __future__ import annotations

from collections.abc import Iterable

from dedup.furniture.rules import Rule, Scope

__all__ = ["NOTICES"]

_LABELS = {
    "ar": "إعلان|شارك|مشاركة|تعليقات|التعليقات|اشترك",
    "de": "anzeige|werbung|teilen|artikel teilen|kommentare|drucken|abonnieren|anmelden|startseite",
    "es": "publicidad|compartir|comentarios|suscríbete|iniciar sesión|noticias relacionadas",
    "fa": "آگهی|تبلیغات|اشتراک گذاری|نظرات",
    "fr": "publicité|partager|commentaires|abonnez-vous|se connecter|sur le même sujet",
    "he": "פרסומת|שתפו|תגובות|הירשמו",
    "hi": "विज्ञापन|शेयर करें|टिप्पणियां|साइन इन करें",
    "id": "iklan|bagikan|komentar|berita terkait|masuk",
    "it": "pubblicità|condividi|commenti|abbonati|accedi",
    "ja": "広告|シェア|シェアする|コメント|関連記事|ログイン",
    "ko": "광고|공유하기|댓글|관련 기사|관련기사|로그인",
    "nl": "advertentie|delen|deel dit artikel|reacties|inloggen|abonneren",
    "pl": "reklama|udostępnij|komentarze|zaloguj się",
    "pt": "publicidade|compartilhar|partilhar|comentários|entrar|assine",
    "ru": "реклама|поделиться|комментарии|подписаться|войти",
    "sv": "annons|dela|kommentarer|logga in",
    "tr": "reklam|paylaş|yorumlar|ilgili haberler|abone ol|giriş yap",
    "uk": "поділитися|коментарі|підписатися|увійти",
    "ur": "اشتہار|شیئر کریں|تبصرے|سائن ان",
    "vi": "quảng cáo|chia sẻ|bình luận|tin liên quan|đăng nhập",
    "zh": "广告|廣告|分享|评论|評論|相关新闻|相關新聞|登录|登入",
}
"""What stands alone in a line: advertisement, share, comments, sign in."""
_POINTERS = {
    "ar": "اقرأ أيضا|اقرأ أيضاً|اقرأ المزيد",
    "de": "lesen sie auch|lesen sie mehr|lesen sie hier|mehr zum thema|auch interessant",
    "es": "lea también|lee también|te puede interesar|más información|vea también",
    "fa": "بیشتر بخوانید|همچنین بخوانید",
    "fr": "à lire aussi|lire aussi|voir aussi|pour aller plus loin",
    "he": "קראו גם|קראו עוד|לקריאה נוספת",
    "hi": "यह भी पढ़ें|ये भी पढ़ें",
    "id": "baca juga|baca selengkapnya|lihat juga",
    "it": "leggi anche|vedi anche|potrebbe interessarti",
    "ja": "あわせて読みたい|こちらもおすすめ",
    "ko": "함께 보기|더 읽기",
    "nl": "lees ook|lees meer|bekijk ook",
    "pl": "czytaj także|czytaj też|zobacz także|zobacz też",
    "pt": "leia também|leia mais|veja também|saiba mais",
    "ru": "читайте также|читать также|смотрите также",
    "sv": "läs också|läs även|läs mer",
    "tr": "ayrıca okuyun|bunlar da ilginizi çekebilir",
    "uk": "читайте також|дивіться також",
    "ur": "یہ بھی پڑھیں|مزید پڑھیں",
    "vi": "xem thêm|đọc thêm",
    "zh": "相关阅读|相關閱讀|延伸阅读|延伸閱讀",
}
"""What points to another story, alone or before its headline."""
_SENTENCES = {
    "ar": "يستخدم هذا الموقع ملفات تعريف الارتباط|جميع الحقوق محفوظة",
    "de": "(?:diese|unsere) (?:website|webseite|seite) (?:verwendet|nutzt) cookies"
    r"|alle rechte vorbehalten|wir (?:verwenden|nutzen) cookies"
    r"|melden sie sich (?:hier )?(?:für unseren newsletter )?an\b",
    "es": "(?:este|nuestro) sitio(?: web)? (?:utiliza|usa) cookies|todos los derechos reservados"
    "|(?:utilizamos|usamos) cookies|suscríbete a nuestr[oa]s? (?:boletín|newsletter)",
    "fa": "این (?:سایت|وبسایت) از کوکی|تمامی حقوق محفوظ",
    "fr": "(?:ce|notre) site(?: web)? utilise des cookies|tous droits réservés"
    "|nous utilisons des cookies|inscrivez-vous à (?:notre|la) newsletter",
    "he": "אתר זה (?:משתמש|עושה שימוש) בעוגיות|כל הזכויות שמורות",
    "hi": "यह (?:साइट|वेबसाइट) कुकीज़? का (?:उपयोग|इस्तेमाल)|सर्वाधिकार सुरक्षित",
    "id": "situs(?: web)? ini menggunakan cookie|hak cipta dilindungi",
    "it": "questo sito (?:utilizza|usa)(?: i)? cookie|tutti i diritti riservati"
    "|iscriviti alla newsletter",
    "ja": "(?:当|本)サイト(?:では|は)クッキー|無断転載",
    "ko": "(?:이|본) (?:사이트|웹사이트)는 쿠키를|무단 ?전재",
    "nl": "deze (?:website|site) (?:gebruikt|maakt gebruik van) cookies|alle rechten voorbehouden"
    "|schrijf je in voor (?:onze|de) nieuwsbrief",
    "pl": "(?:ta|nasza) (?:strona|witryna) (?:używa|wykorzystuje)(?: pliki| plików)? cookies?"
    "|wszelkie prawa zastrzeżone",
    "pt": "(?:este|nosso) site (?:utiliza|usa) cookies|todos os direitos reservados"
    "|(?:utilizamos|usamos) cookies|(?:assine|inscreva-se na) nossa newsletter",
    "ru": "(?:этот|наш) сайт использует(?: файлы)? cookies?|все права защищены"
    r"|подпишитесь на (?:нашу рассылку|наш канал)",
    "sv": "(?:den här|denna) webbplats(?:en)? använder cookies|alla rättigheter förbehållna"
    "|vi använder cookies",
    "tr": "(?:bu|sitemiz) (?:site|internet sitesi)? ?çerez|tüm hakları saklıdır",
    "uk": "(?:цей|наш) сайт використовує(?: файли)? cookies?|усі права захищено|всі права захищені",
    "ur": "یہ (?:سائٹ|ویب سائٹ) کوکیز|جملہ حقوق محفوظ",
    "vi": "(?:trang web|website) này sử dụng cookie|bản quyền thuộc về",
    "zh": "(?:本|该)(?:网站|站)使用 ?cookies?|版权所有|版權所有|未经(?:授权|许可)不得转载",
}
"""Beginnings of notices: cookies, rights, newsletters."""
_FIRST_OF_SENTENCES = (
    "يستخدم جميع diese unsere alle wir-verwenden wir-nutzen melden-sie este nuestro"
    " todos utilizamos usamos suscríbete این تمامی ce-site notre-site tous"
    " nous-utilisons inscrivez אתר כל यह सर्वाधिकार situs hak questo tutti iscriviti 当 本 無"
    " 이 본 무 deze alle schrijf ta nasza wszelkie nosso assine inscreva этот наш все"
    " подпишитесь den-här denna alla vi-använder bu sitemiz tüm цей усі всі یہ جملہ"
    " trang website bản 该 版 未"
)


def _phrases(table: dict[str, str]) -> str:
    return "|".join(table.values())


def _first_words(tables: Iterable[dict[str, str]]) -> str:
    """Give the first word of each phrase: in unspaced scripts its first character."""
    found = set()
    for table in tables:
        for language, phrases in table.items():
            unspaced = language in {"ja", "ko", "zh"}
            for phrase in phrases.split("|"):
                found.add(phrase[0] if unspaced else phrase.split(" ")[0].split("-")[0])
    return " ".join(sorted(found))


NOTICES: tuple[Rule, ...] = (
    Rule(
        "label abroad",
        Scope.LINE,
        rf"(?:{_phrases(_LABELS)}|{_phrases(_POINTERS)})",
        "Publicité",
        "Publicité mensongère, dit le tribunal",
        _first_words([_LABELS, _POINTERS]),
    ),
    Rule(
        "teaser abroad",
        Scope.LINE,
        rf"(?:{_phrases(_POINTERS)})\s{{0,2}}[:：]\s?\S.{{0,220}}",
        "Lesen Sie auch: Feuer am alten Hafen ist gelöscht",
        "Lesen Sie auch die Briefe von damals",
        _first_words([_POINTERS]),
        like_headline=True,
    ),
    Rule(
        "notice abroad",
        Scope.SENTENCE,
        rf"(?:{_phrases(_SENTENCES)})",
        "Este sitio utiliza cookies propias y de terceros.",
        "Este sitio será un museo, dijo la alcaldesa.",
        _FIRST_OF_SENTENCES,
    ),
)
