"""Fixtures that every test may ask for. Those that start programs live in tests/servers.py."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

pytest_plugins = ["tests.pristine", "tests.servers", "tests.people_fixtures"]

NEEDS_DEMO = {"simulators", "start_simulator"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what asks for a simulated system, so that the product without the demo can leave it out."""
    for item in items:
        if NEEDS_DEMO & set(getattr(item, "fixturenames", ())):
            item.add_marker("demo")


@pytest.fixture(autouse=True)
def proved_when_forced_in() -> Iterator[None]:
    """``force_login`` is a sign-in of this moment; how each way in proves somebody, tests/signin tells."""
    from django.contrib.auth.signals import user_logged_in

    from portal.accounts.proofs import PROOF_KEY

    def note(request: Any, **_more: Any) -> None:
        now = time.time()
        request.session[PROOF_KEY] = {"method": "test", "at": now, "proved_at": now}

    user_logged_in.connect(note, dispatch_uid="proved_when_forced_in")
    yield
    user_logged_in.disconnect(dispatch_uid="proved_when_forced_in")


@pytest.fixture(autouse=True)
def rested() -> Iterator[None]:
    """No system is left alone for what it did to an earlier test: breakers live as long as the process."""
    from connectors.base.breaker import BREAKER

    BREAKER.conditions.clear()
    yield
    BREAKER.conditions.clear()


@pytest.fixture(autouse=True, scope="session")
def drawn_twice() -> Iterator[None]:
    """Whatever part of a page comes out of what is kept is drawn anew beside it, in every test, and is the
    same to the letter."""
    from portal.overview.templatetags.kept import KeptNode, told

    render = KeptNode.render

    def both(self: KeptNode, context: Any) -> Any:
        drawn = render(self, context)
        values = [told(name, found.resolve(context, ignore_failures=True)) for name, found in self.decides]
        assert drawn == self.render_anew(context, values), str(self.origin)
        return drawn

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(KeptNode, "render", both)
        yield
