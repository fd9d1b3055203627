"""What the browser's tests share."""

from tests.journeys.house import house

__all__ = ["house"]
