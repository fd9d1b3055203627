"""What a client system may ask for at all. None of it opens anything: the acting user's assignment does."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _


class Scope(StrEnum):
    """LAMP: states without content. READ: search, overview, records. RECORD: acts of the access step, on
    blocks and consents. LOG: extracts of the access log. FHIR: the same reading as FHIR R4."""

    LAMP = "lamp"
    READ = "read"
    RECORD = "record"
    LOG = "log"
    FHIR = "fhir"


SCOPE_WORDS = (
    (Scope.LAMP.value, _("Lampa: om något är relevant, utan innehåll")),
    (Scope.READ.value, _("Läsa: sökning, översikt, poster")),
    (Scope.RECORD.value, _("Registrera: relation, samtycke, nödöppning, hävning av spärr")),
    (Scope.LOG.value, _("Loggutdrag")),
    (Scope.FHIR.value, _("Läsa som FHIR")),
)
EVERY_SCOPE = frozenset(Scope)
