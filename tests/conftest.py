"""Fixtures that every test may ask for. Those that start programs live in tests/servers.py."""

import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

pytest_plugins = ["tests.pristine", "tests.servers", "tests.people_fixtures"]

NEEDS_DEMO = {"simulators", "start_simulator"}
# How often in one test a part of a page with the same values is drawn anew: at first, then each so many.
AT_FIRST, THEN_EACH = 3, 16
MET: Counter[Any] = Counter()


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


@pytest.fixture(autouse=True)
def met_anew() -> None:
    MET.clear()


@pytest.fixture(autouse=True, scope="session")
def drawn_twice() -> Iterator[None]:
    """Whatever part of a page comes out of what is kept is drawn anew beside it, in every test, and is the
    same to the letter. Of those that a test meets over and over, with the same values, some."""
    from django.utils.translation import get_language

    from portal.overview.templatetags.kept import KeptNode, told

    render = KeptNode.render

    def both(self: KeptNode, context: Any) -> Any:
        drawn = render(self, context)
        found = ((name, asked.resolve(context, ignore_failures=True)) for name, asked in self.decides)
        values = tuple(told(name, value) for name, value in found)
        MET[met := (self, get_language(), values)] += 1
        if MET[met] > AT_FIRST and MET[met] % THEN_EACH:
            return drawn
        assert drawn == self.render_anew(context, values), str(self.origin)
        return drawn

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(KeptNode, "render", both)
        yield
