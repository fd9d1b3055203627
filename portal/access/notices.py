"""What stands beside the buttons, and above the access step: one sentence for each notice of the gate."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consent.identity import display_number
from consent.ruling import Notice, Ruling
from consent.terms import Basis
from consent.vocabulary import Distance

NOTICE_WORDS: Mapping[Notice, tuple[str, str | Promise]] = {
    Notice.BLOCKED: ("lock", _("Spärrade uppgifter finns. Patienten kan häva spärren.")),
    Notice.BLOCKS_UNKNOWN: (
        "nocloud",
        _("Spärrar kunde inte läsas. Uppgifter som kan vara spärrade visas inte."),
    ),
    Notice.DECEASED: ("closed", _("Patienten är avliden. Inget lyser, och andras uppgifter visas inte.")),
    Notice.PROTECTED: ("lock", _("Skyddade personuppgifter. Adress, telefon och närstående visas inte.")),
    Notice.PERSON_UNKNOWN: (
        "nocloud",
        _("Personuppgifterna kunde inte hämtas. De behandlas som skyddade tills de kan läsas."),
    ),
    Notice.PERSON_MISSING: (
        "nocloud",
        _("Folkbokföringen känner inte till numret. Kontrollera att det är rätt."),
    ),
    Notice.NUMBER_LINKED: (
        "people",
        _("Numret hör till samma person som %(number)s. Det som finns under båda numren visas."),
    ),
    Notice.RECORD_RESTORED: (
        "again",
        _("Registret har lästs tillbaka från en kopia. Samtycken från tiden före måste bekräftas."),
    ),
    Notice.EXISTENCE_YES: ("ask", _("Andra vårdgivare eller omsorgsgivare: uppgifter finns.")),
    Notice.EXISTENCE_NO: ("ask", _("Andra vårdgivare eller omsorgsgivare: inga uppgifter hos anslutna.")),
    Notice.EXISTENCE_UNKNOWN: ("ask", _("Andra vårdgivare eller omsorgsgivare: går inte att se.")),
    Notice.EXISTENCE_DEFAULT: ("ask", _("Andra kan ha uppgifter. Samtycke behövs.")),
}
# Whichever of them is told, the page has the same length: who counts bytes on the way learns nothing (row 5).
EXISTENCE_TOLD = (Notice.EXISTENCE_YES, Notice.EXISTENCE_NO, Notice.EXISTENCE_UNKNOWN)
EXISTENCE = frozenset({*EXISTENCE_TOLD, Notice.EXISTENCE_DEFAULT})


@dataclass(frozen=True, slots=True)
class NoticeView:
    key: str
    icon: str
    text: str


def present_notices(ruling: Ruling, *, besides: Iterable[Notice] = ()) -> tuple[NoticeView, ...]:
    """In the order of the table; ``besides``: those said elsewhere on the page.

    Once any of others' data is open the buttons speak of it, and every sentence that could contradict a
    button which lights a moment later is left out: an index may be behind the sources themselves.
    """
    is_open = any(
        isinstance(decision, Basis)
        for reach, decision in ruling.decisions.items()
        if reach.distance is Distance.OTHER_PROVIDER
    )
    left_out = {*besides, *(EXISTENCE - {Notice.EXISTENCE_YES} if is_open else ())}
    return tuple(_view(n, ruling) for n in NOTICE_WORDS if n in ruling.notices and n not in left_out)


def _view(notice: Notice, ruling: Ruling) -> NoticeView:
    icon, words = NOTICE_WORDS[notice]
    if notice in EXISTENCE_TOLD:
        return NoticeView("existence", icon, _even(notice))
    if notice is Notice.NUMBER_LINKED:
        return NoticeView(notice.value, icon, str(words) % {"number": display_number(ruling.person.id)})
    return NoticeView("existence" if notice in EXISTENCE else notice.value, icon, str(words))


def _even(notice: Notice) -> str:
    """The sentence with spaces after it, as long in bytes as the longest of the three."""
    sentences = {n: str(NOTICE_WORDS[n][1]) for n in EXISTENCE_TOLD}
    longest = max(len(sentence.encode()) for sentence in sentences.values())
    return sentences[notice] + " " * (longest - len(sentences[notice].encode()))
