"""A warm pytest session that meets each mutant in a fork of itself.

It first runs every test once and notes to which functions each of them comes; a mutant then meets only the
tests that come to its place, those that killed its neighbours first, then the quick ones. As a control the
unchanged code is put in place the way a mutant is, and every test must still hold.
"""

import gc
import importlib
import sys
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import EnumMeta
from pathlib import Path
from types import FrameType, ModuleType

import mutants_forks as forks
import pytest
from mutants_finding import Mutant, find_mutants, find_statements
from mutants_forks import CouldNotRunError, Fork
from mutants_grafting import graft

TIMES_SLOWER = 20.0
Place = tuple[str, str]


@dataclass(frozen=True)
class Target:
    """A module whose code is changed."""

    path: str
    module: ModuleType
    source: str

    @property
    def members(self) -> dict[str, list[str]]:
        named = vars(self.module).items()
        return {name: list(value.__members__) for name, value in named if isinstance(value, EnumMeta)}

    @property
    def mutants(self) -> list[Mutant]:
        return find_mutants(self.path, self.source, self.members)

    def put_back(self) -> None:
        """The unchanged code, statement by statement, as a mutant is put in place."""
        for statement in find_statements(self.source, self.members):
            graft(statement, self.module)


def load(path: str, root: Path) -> Target:
    module = importlib.import_module(path.removesuffix(".py").replace("/", "."))
    if module.__file__ is None or Path(module.__file__).resolve() != (root / path).resolve():
        raise CouldNotRunError(f"{path} was loaded from {module.__file__}")
    return Target(path, module, (root / path).read_text(encoding="utf-8"))


class Between(pytest.Item):
    """Stands between two runs of tests, so that what lives as long as the session (the database) is kept."""

    def runtest(self) -> None:
        raise CouldNotRunError("There is nothing to run between two runs.")


class Steps:
    """To which places of the targets a test comes."""

    def __init__(self, targets: Iterable[Target]) -> None:
        self._files = {str(target.module.__file__): target.path for target in targets}
        self._found: set[Place] = set()

    def _note(self, frame: FrameType, event: str, _argument: object) -> None:
        code = frame.f_code
        if event == "call" and (path := self._files.get(code.co_filename)):
            # A generator or a lambda belongs to the function around it.
            self._found.add((path, code.co_qualname.split(".<locals>")[0]))

    def of(self, run: Callable[[], object]) -> set[Place]:
        self._found = set()
        threading.setprofile(self._note)
        sys.setprofile(self._note)
        try:
            run()
        finally:
            sys.setprofile(None)
            threading.setprofile(None)
        return self._found


@dataclass(eq=False)  # pytest keeps its plugins in sets
class MutantSession:
    """The plugin that takes over pytest's run. Afterwards: which test killed each mutant, or ``failure``.

    A mutant that no test killed has the empty text. ``least_limit_s``: the least time a mutant gets; it gets
    many times what its tests take without it.
    """

    paths: Sequence[str]
    root: Path
    folder: Path
    jobs: int
    least_limit_s: float
    tell: Callable[[str], None]
    killers: dict[Mutant, str] = field(default_factory=dict)
    failure: str = "pytest ended before the first test"
    _items: Sequence[pytest.Item] = ()
    _running: list[Fork] = field(default_factory=list)
    _failed: str = ""
    _why: str = ""
    _took_s: Counter[str] = field(default_factory=Counter)
    _tests: dict[Place, list[pytest.Item]] = field(default_factory=lambda: defaultdict(list))
    _kills: dict[Place, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """What is told is about mutants, not about the tests that they fail."""
        config.pluginmanager.unregister(name="terminalreporter")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._why += f"\n{report.longrepr}"

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._took_s[report.nodeid] += report.duration  # type: ignore[assignment]
        if report.failed and not self._failed:
            self._failed, self._why = report.nodeid, str(report.longrepr)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self._between: pytest.Item = Between.from_parent(session, name="between")
        try:
            self._run(session)
            self.failure = ""
        except CouldNotRunError as error:
            self.failure = str(error)
        finally:
            for fork in self._running:
                fork.end()
        return True

    def _run(self, session: pytest.Session) -> None:
        if session.testsfailed or not session.items:
            raise CouldNotRunError(f"The tests could not be gathered.{self._why}")
        targets = [load(path, self.root) for path in self.paths]
        self._items = session.items
        self._run_unchanged(targets)
        forks.leave_database()
        gc.freeze()  # what is there stays: a fork need not copy it to count it
        self._control(targets)
        modules = {target.path: target.module for target in targets}
        mutants = [mutant for target in targets for mutant in target.mutants]
        self.tell(f"{len(session.items)} tests hold; {len(mutants)} mutants, {self.jobs} at a time")
        self._meet_all(mutants, modules)

    def _run_tests(self, items: Sequence[pytest.Item]) -> str:
        """The first test that fails, or the empty text."""
        for item, after in zip(items, [*items[1:], self._between], strict=True):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
            if self._failed:
                return self._failed
        return ""

    # Without a mutant. ------------------------------------------------------------------------------

    def _run_unchanged(self, targets: Sequence[Target]) -> None:
        steps = Steps(targets)
        for item in self._items:
            places = steps.of(lambda item=item: self._run_tests([item]))  # type: ignore[misc]
            if self._failed:
                raise CouldNotRunError(f"Red without any mutant: {self._failed}\n{self._why}")
            for place in places:
                self._tests[place].append(item)

    def _control(self, targets: Sequence[Target]) -> None:
        def work() -> str:
            for target in targets:
                target.put_back()
            return self._run_tests(self._items) and f"{self._failed}\n{self._why}"

        self._start(work, self._items)
        _, failed = forks.wait_for_one(self._running)
        if failed:
            raise CouldNotRunError(f"Red with the unchanged code put in place as a mutant is: {failed}")

    # With one. --------------------------------------------------------------------------------------

    def _start(self, work: Callable[[], str], items: Iterable[pytest.Item]) -> Fork:
        usual_s = sum(self._took_s[item.nodeid] for item in items)
        return forks.start(work, max(self.least_limit_s, TIMES_SLOWER * usual_s), self.folder, self._running)

    def _meet_all(self, mutants: Sequence[Mutant], modules: dict[str, ModuleType]) -> None:
        met: dict[int, Mutant] = {}
        waiting = iter(mutants)
        while True:
            while len(self._running) < self.jobs and (mutant := next(waiting, None)):
                met[self._meet(mutant, modules[mutant.module]).pid] = mutant
            if not self._running:
                return
            fork, killer = forks.wait_for_one(self._running)
            self._note(met[fork.pid], killer)

    def _meet(self, mutant: Mutant, module: ModuleType) -> Fork:
        items = self._tests_for(mutant)

        def work() -> str:
            try:
                graft(mutant.statement, module)
            except Exception as error:  # noqa: BLE001 (code that cannot even be loaded is dead code)
                return f"it cannot be loaded: {error!r}"
            return self._run_tests(items) if items else ""

        return self._start(work, items)

    def _tests_for(self, mutant: Mutant) -> list[pytest.Item]:
        place = (mutant.module, mutant.place)
        # A constant and the body of a class are in no function that a test could come to: every test.
        items = self._tests[place] if mutant.is_in_function else self._items
        kills = self._kills[place]
        return sorted(items, key=lambda item: (-kills[item.nodeid], self._took_s[item.nodeid]))

    def _note(self, mutant: Mutant, killer: str) -> None:
        self.killers[mutant] = killer
        self._kills[mutant.module, mutant.place][killer] += 1
        if len(self.killers) % 100 == 0:
            survived = sum(1 for found in self.killers.values() if not found)
            self.tell(f"{len(self.killers)} mutants met, {survived} survived")
