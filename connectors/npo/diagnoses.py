"""GetDiagnosis 2.0: to diagnosis, and to a covid-19 infection where the code says so."""

from connectors.base.codes import is_confirmed_covid_icd, is_covid_icd
from connectors.base.kinds import Diagnosis, Vaccination
from connectors.base.records import Record, Status
from connectors.base.xmlreading import child
from connectors.rivta.drafting import Draft
from connectors.rivta.elements import Unreadable, coded, flag, text, words
from connectors.rivta.identifiers import ICD10_SE
from connectors.rivta.times import read_time
from consent.vocabulary import InformationType

_MAIN = "huvuddiagnos"


def map_diagnosis(draft: Draft) -> tuple[Record, ...]:
    """The contract has no status: a diagnosis stands, and what lasts is said by ``chronicDiagnosis``."""
    code = child(draft.body, "diagnosisCode")
    codes = coded(code)
    # The words first: a code alone tells a reader little.
    title = text(code, "displayName") or words(code)
    if not title:
        raise Unreadable("diagnosisCode")
    common = draft.common(
        InformationType.DIAGNOSIS,
        status=Status.UNKNOWN,
        title=title,
        start=read_time(draft.body, "diagnosisTime") or draft.header.documented or draft.header.written,
        codes=codes,
    )
    diagnosis = Diagnosis(
        **common,
        code=codes[0].code if codes else "",
        is_main=text(draft.body, "typeOfDiagnosis").casefold() == _MAIN,
        is_chronic=flag(draft.body, "chronicDiagnosis") is True,
    )
    icd = [each.code for each in codes if each.system == ICD10_SE]
    if not any(is_covid_icd(each) for each in icd):
        return (diagnosis,)
    infection = Vaccination(
        **common,
        is_covid=True,
        is_infection=True,
        is_confirmed=any(is_confirmed_covid_icd(each) for each in icd),
    )
    return (diagnosis, infection)
