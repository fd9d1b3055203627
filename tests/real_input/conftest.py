"""The samples behind simulated systems that run as programs of their own, and the portal in front of them."""

import json
import secrets
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from portal.embedded.children import ChildSet
from tests.real_input.pages import Pages, open_pages
from tests.real_input.sample_people import NUMBERS, SamplePerson, name_people
from tests.real_input.samples import read_samples, samples_folder

if TYPE_CHECKING:
    from demo.seed import Addresses

Open = Callable[[str], Pages]


@pytest.fixture(autouse=True, scope="module")
def whole_lists() -> Iterator[None]:
    """Every record on one page: that lists come in parts is tried elsewhere."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("portal.overview.paging.ON_A_PAGE", 100_000)
        yield


@pytest.fixture(scope="session")
def sample_people() -> dict[str, SamplePerson]:
    return name_people(read_samples(samples_folder()))


@pytest.fixture(scope="session")
def start_systems(
    sample_people: dict[str, SamplePerson], tmp_path_factory: pytest.TempPathFactory
) -> "Iterator[Callable[[Path], Addresses]]":
    """Starts register, region and municipality; the region serves the messages of one folder alone."""
    from demo.seed import Addresses

    folder = tmp_path_factory.mktemp("real-input")
    numbers, extra = folder / "numbers.json", folder / "people.json"
    numbers.write_text(json.dumps(NUMBERS), "utf-8")
    # Somebody may stand in two messages; the register knows each number once.
    facts = {person.number: person.register_facts() for person in sample_people.values()}
    extra.write_text(json.dumps(list(facts.values())), "utf-8")
    children, secret = ChildSet(), secrets.token_hex(24)

    def listen(name: str, *options: str) -> str:
        command = [sys.executable, "-m", f"demo.simulators.{name}", "--port", "0", "--until-eof", *options]
        return children.start(command, name=name).removeprefix("listening ").strip()

    def start(messages: Path) -> Addresses:
        login = ("--client-id", "patientoversikt", "--client-secret", secret)
        served = ("--data", str(messages), "--identifiers", str(numbers), "--no-people")
        return Addresses(
            population=listen("person", "--extra", str(extra), "--token", secret),
            cosmic=listen("fhir", *served, *login),
            viva=listen("viva", "--key", secret),
            secret=secret,
        )

    yield start
    children.stop()


@pytest.fixture(scope="session")
def systems(start_systems: "Callable[[Path], Addresses]") -> "Addresses":
    return start_systems(samples_folder())


@pytest.fixture(scope="session")
def pages_read() -> dict[str, Pages]:
    """What has been read in this run: the messages never change, so nobody's pages are read twice."""
    return {}


@pytest.fixture
def open_person(
    db: None, systems: "Addresses", sample_people: dict[str, SamplePerson], pages_read: dict[str, Pages]
) -> Open:
    """The pages of one person of the samples, by Patient id. Who delivers by itself to the demo knows none
    of them, and what it has is a copy of its own."""
    from connectors.models import Source
    from demo.pushing import MYRTEN_SLUG
    from demo.seed import seed

    def open_once(patient_id: str) -> Pages:
        if patient_id not in pages_read:
            seed(systems)
            Source.objects.filter(pk=MYRTEN_SLUG).update(enabled=False)
            person = sample_people[patient_id]
            pages_read[patient_id] = open_pages(person.number, can_consent=person.can_consent)
        return pages_read[patient_id]

    return open_once
