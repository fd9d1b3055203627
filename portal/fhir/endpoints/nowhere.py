"""Every other address: an outcome, as for what exists and is not found."""

from typing import Any

from django.http import HttpRequest

from portal.api.acting import find_acting
from portal.api.refusing import Code, Refused
from portal.fhir.views import FhirView


class NowhereView(FhirView):
    async def get(self, request: HttpRequest, **_more: Any) -> Any:
        await find_acting(request, self.needs)
        raise Refused(Code.NOT_FOUND)

    post = get
