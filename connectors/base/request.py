"""One request to a source: what is sent, and in which language the answer is read."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from yarl import URL

from connectors.base.reading import read_json
from connectors.base.xmlreading import read_xml

# Names and values; a tuple of pairs where a name may come twice.
Form = Mapping[str, str] | tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Request:
    """One request. ``may_be_unknown``: a 404 is an answer, not a fault. ``xml``: a document, and what comes
    back is one too; ``action``: its SOAPAction."""

    method: str
    url: URL
    form: Form | None = None
    json: Mapping[str, Any] | None = None
    xml: bytes | None = None
    action: str = ""
    may_be_unknown: bool = False

    @property
    def headers(self) -> dict[str, str]:
        if self.form is not None:
            return {"Content-Type": "application/x-www-form-urlencoded"}
        if self.json is not None:
            return {"Content-Type": "application/json"}
        if self.xml is None:
            return {}
        return {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{self.action}"'}

    def body(self) -> bytes | None:
        """What is sent, as bytes; None where nothing is. ValueError: text that no encoding has."""
        if self.form is not None:
            return urlencode(self.form if isinstance(self.form, tuple) else tuple(self.form.items())).encode()
        return self.xml if self.json is None else json.dumps(self.json).encode()

    def read(self, body: bytes, content_type: str) -> Any:
        """What came back, in the language that was spoken. Raises SourceFault(FORMAT)."""
        return read_json(body, content_type) if self.xml is None else read_xml(body, content_type)
