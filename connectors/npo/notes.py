"""GetCareDocumentation 2.1 and 3.0: to notes among the care contacts.

The text is DocBook inside a string, or plain; what is shown is its words, line by line, and nothing of its
markup.
"""

from collections.abc import Iterator, Mapping

from lxml import etree

from connectors.base.contract import SourceFault
from connectors.base.kinds import CareContact, ContactForm
from connectors.base.records import Record, Status
from connectors.base.xmlreading import child, name_of, read_xml
from connectors.rivta.drafting import Draft
from connectors.rivta.elements import Element, Unreadable, coded, paragraphs, text, words
from consent.vocabulary import InformationType

# ClinicalDocumentNoteCodeEnum and ClinicalDocumentTypeCodeEnum of 2.1.
NOTE_NAMES: Mapping[str, str] = {
    "utr": "Utredning", "atb": "Åtgärd eller behandling", "sam": "Sammanfattning",
    "sao": "Samordning", "ins": "Inskrivning", "slu": "Slutanteckning",
    "auf": "Anteckning utan fysiskt möte", "sva": "Slutenvårdsanteckning", "bes": "Besöksanteckning",
    "epi": "Epikris", "int": "Intagningsanteckning", "dag": "Daganteckning",
    "ova": "Öppenvårdsanteckning", "ovs": "Öppenvårdssammanfattning", "ovr": "Övrig anteckning",
}  # fmt: skip
_BLOCKS = frozenset(
    {"para", "paragraph", "title", "section", "sect1", "listitem", "row", "simpara", "caption"}
)


def map_note(draft: Draft) -> tuple[Record, ...]:
    """2.1 wraps the note once more; 3.0 has it in the body itself."""
    note = child(draft.body, "clinicalDocumentNote")
    note = draft.body if note is None else note
    code = child(note, "clinicalDocumentNoteCode")
    sort = text(note, "clinicalDocumentTypeCode") or text(code) or text(code, "code")
    named = text(note, "clinicalDocumentNoteTitle") or draft.header.title
    said = plain(text(note, "clinicalDocumentNoteText"))
    media = text(note, "multimediaEntry", "mediaType")
    if not said and not media and not named:
        raise Unreadable("clinicalDocumentNoteText")
    title = named or NOTE_NAMES.get(sort.lower()) or words(code) or "Anteckning"
    attached = f"Bilaga ({media}): läses i källsystemet" if media else ""
    written = draft.header.documented or draft.header.written
    common = draft.common(
        InformationType.DOCUMENTATION, status=Status.ENDED, title=title, start=written, codes=coded(code)
    )
    said = paragraphs(said, attached, *_objections(note))
    return (CareContact(**common, text=said, form=ContactForm.NOTE),)


def _objections(note: Element) -> Iterator[str]:
    """What the patient says against the note belongs to it. 2.1 spells the element in a way of its own."""
    for name in ("dissentingOpinion", "dissentintOpinion"):
        for opinion in (each for each in note if name_of(each) == name.lower()):
            if said := text(opinion, "opinion"):
                yield f"Avvikande mening, {text(opinion, 'personName') or 'namn ej angivet'}: {said}"


def plain(written: str) -> str:
    """The words of marked-up text; what is not well formed is shown as it stands."""
    if not written.startswith("<"):
        return written
    try:
        root = read_xml(written.encode(), "text/xml")
    except (SourceFault, ValueError):
        return written
    return "\n".join(line for part in _lines(root) if (line := " ".join(part.split())))


def _lines(root: etree._Element) -> Iterator[str]:
    """Running text, broken where a block begins or ends."""
    line = ""
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if name_of(element) in _BLOCKS:
            yield line
            line = ""
        line += (element.text if event == "start" else element.tail) or ""
    yield line
