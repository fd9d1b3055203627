"""The same organisations as the tests of the rules."""

from tests.consent.conftest import organisations

__all__ = ["organisations"]
