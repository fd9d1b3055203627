"""QuestionnaireResponse to text: each question in the source's words and what was answered, a line each."""

from collections.abc import Iterator

from connectors.fhir.elements import Resource, item, items, text
from connectors.fhir.vitals import read_value


def read_answers(response: Resource) -> str:
    return "\n".join(_lines(response))


def _lines(element: Resource) -> Iterator[str]:
    for question in items(element.get("item")):
        asked = text(question.get("text"))
        said = [_answer(answer) for answer in items(question.get("answer"))]
        told = ", ".join(each for each in said if each)
        if told:
            yield f"{asked}: {told}" if asked else told
        yield from _lines(question)
        for answer in items(question.get("answer")):
            yield from _lines(answer)


def _answer(answer: Resource) -> str:
    """A value as the source wrote it, with its unit; a coding by its words."""
    if coding := item(answer.get("valueCoding")):
        return text(coding.get("display")) or text(coding.get("code"))
    if reference := item(answer.get("valueReference")):
        return text(reference.get("display"))
    for name in ("valueDate", "valueDecimal", "valueUri"):
        if (value := answer.get(name)) is not None:
            return str(value)
    value, unit = read_value(answer)
    return f"{value} {unit}".strip()
