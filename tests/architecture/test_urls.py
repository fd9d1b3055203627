"""Every URL outside the public list needs sign-in, and says nothing before it."""

import re
from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from portal.urls import PUBLIC
from tests.walking import Reader

# One click of the demo is public by nature; portal.checks keeps it out of production.
PUBLIC_IN_DEMO = ("demo_sign_in", "demo_gallery", "demo_error_page")
EXAMPLES = {
    "handle": "x" * 90,
    "kind": "diagnosis",
    "unit": "*",
    "slug": "a-source",
    "provider_id": "an-idp",
    "name": "404",
    "ticket": "y" * 43,
    "system_id": "a-system",
    "way": "end",
}


def routes(resolver: URLResolver, before: str = "/") -> Iterator[tuple[str, str]]:
    """Every route as an example path with its name. Django admin's are walked too."""
    for pattern in resolver.url_patterns:
        path = before + str(pattern.pattern).lstrip("^").rstrip("$")
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, path)
        elif isinstance(pattern, URLPattern):
            yield example(path), pattern.name or ""


def example(path: str) -> str:
    """Put something plausible in each place of a route."""
    for name, value in EXAMPLES.items():
        for converter in ("str", "slug"):
            path = path.replace(f"<{converter}:{name}>", value)
    path = re.sub(r"<uuid:\w+>", "00000000-0000-0000-0000-000000000000", path)
    path = re.sub(r"<int:\w+>", "1", path)
    for general in ("<path:object_id>", "<path:url>", "<id>"):
        path = path.replace(general, "1")
    return path


ROUTES = sorted(set(routes(get_resolver())))


def test_there_are_routes_to_look_at() -> None:
    assert len(ROUTES) > 40


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "name"), ROUTES, ids=[f"{n or p}" for p, n in ROUTES])
def test_nobody_gets_in_without_signing_in(path: str, name: str) -> None:
    if name in PUBLIC + PUBLIC_IN_DEMO or "(?P" in path:
        pytest.skip("public, or a catch-all of the administration")
    for method in (Reader().get, Reader().post):
        reply = method(path)
        if name == "validity" and reply.status == 200:
            assert reply.body == '{"valid": false}'
            continue
        assert reply.status in (302, 401, 403, 404, 405, 415), (path, reply.status)
        if reply.status == 302:
            assert reply.location.startswith(("/konto/logga-in/", "/admin/", "/uppdrag/"))
