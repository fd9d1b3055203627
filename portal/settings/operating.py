"""How much one process takes on, and who may see what is measured."""

from portal.settings.environment import read_int, read_text
from portal.settings.places import read_networks

__all__ = ["METRICS_NETWORKS", "METRICS_TOKEN", "OVERVIEWS_AT_ONCE", "PACE_EVERY_S", "PROCESSES"]

# How many web processes there are in all: each takes its part of what one source is asked at once.
PROCESSES = read_int("PROCESSES", 1, least=1, most=1000)

# How many pages about patients one process makes at a time; one more is told to come again (ADR 56). Each
# asks every source at once and is open for five seconds at most.
OVERVIEWS_AT_ONCE = read_int("OVERVIEWS_AT_ONCE", 32, least=1, most=10_000)

# Who may fetch /metrics: whoever shows the token, or asks from one of the networks and through no proxy.
METRICS_TOKEN = read_text("METRICS_TOKEN", "")
METRICS_NETWORKS = read_networks("METRICS_NETWORKS")

# How often a web process writes down how quick the sources were; 0: never.
PACE_EVERY_S = 30
