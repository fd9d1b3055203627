"""Where the national log service is and who we are to it. No Django: settings are made of it."""

from dataclasses import dataclass

# Inera's own, by the contract's description.
LOGICAL_ADDRESS = "SE165565594230-1000"
# The contract allows five hundred a call. Fewer are asked about sooner where one of them is refused.
AT_ONCE = 100
DEADLINE_S = 30.0


@dataclass(frozen=True, slots=True, repr=False)
class NationalLog:
    """``url``: the contract's own address. ``system_id``: this system's HSA-id, under which the service knows
    it. Certificate, key and authority are PEM; the public authorities are believed where none is given."""

    url: str
    system_id: str
    logical_address: str = LOGICAL_ADDRESS
    certificate: str = ""
    key: str = ""
    authority: str = ""
