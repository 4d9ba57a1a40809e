"""Fixtures for every test: the installed command, away from the user's own files and clusters."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

import pytest
from hypothesis import Phase, settings

from tests.command import BIN, CompletedRun, clean_environment, run_command
from tests.warm import WarmCommand, needs_its_own_start

T = TypeVar("T")

# No example has to be quick: what is slow on a busy machine is no fault of the code.
settings.register_profile("sednactl", deadline=None)
# Where nobody waits to look into it: shrinking a failure can take minutes, reproducing it takes the printed blob.
settings.register_profile(
    "ci",
    deadline=None,
    phases=[phase for phase in Phase if phase.name not in ("shrink", "explain")],
    print_blob=True,
)
settings.load_profile("sednactl")


def pytest_configure(config: pytest.Config) -> None:
    """Name our marks, and hear the signals that tests send."""
    config.addinivalue_line("markers", "process: runs the installed command as a process from its start on")
    _hear_signals()


def _hear_signals() -> None:
    """Let no program that a test starts ignore SIGINT and SIGHUP, as those do whose parent ignores them.

    `pytest &` in a script ignores SIGINT, `nohup pytest` SIGHUP; Ctrl-C and a closed terminal could not be
    tested then. A handler of our own is not inherited, and leaves these tests as deaf to SIGHUP as they were.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, lambda _number, _frame: None)


# What runs on the second of two control planes; together about as long as what is left for the first.
_SECOND_PLANE = (
    "tests/api_contract/",
    "tests/live/test_cluster",
    "tests/live/test_create",
    "tests/live/test_crds",
    "tests/live/test_plane",
    "tests/live/test_pod",
    "tests/live/test_sandbox",
    "tests/live/test_scale_commands",
    "tests/live/test_scale_decisions",
    "tests/live/test_traps",
    "tests/live/test_v",
)
# Files whose fixtures take longer to set up than their tests take to run.
_TOGETHER = (
    "tests/packaging/test_compiled.py",
    "tests/packaging/test_wheel.py",
    "tests/sandbox/controllers/test_on_api_servers.py",
    "tests/validation/test_verdicts_offline.py",
)


# What takes long, most of it waiting: begun early, so that nothing is waited for at the end of a run.
_LONG = (  # the longest first
    "tests/lifecycle/test_killed.py",
    "tests/packaging/test_compiled.py",
    "tests/sandbox/suites/test_story.py",
    "tests/crds/test_killed.py",
    "tests/sandbox/suites/test_scale_watch.py",
    "tests/sandbox/suites/test_ghosts.py",
    "tests/validation/test_memory.py",
    "tests/docs/test_ci_recipes.py",
    "tests/docs/test_worked_example.py",
    "tests/sandbox/suites/test_readme.py",
    "tests/sandbox/suites/test_repair.py",
    "tests/sandbox/suites/test_traps.py",
    "tests/sandbox/suites/test_replace.py",
    "tests/sandbox/test_demo.py",
)
_BEGUN = 0.6
"""The share of a run's other tests among which those are spread: together they would leave the cores idle."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With `-n`: let what takes long begin early, one between many quick tests; the longest of all first."""
    if not hasattr(config, "workerinput"):
        return
    long = [item for file in _LONG for item in items if item.nodeid.startswith(file)]
    quick = [item for item in items if not item.nodeid.startswith(_LONG)]
    items[:] = spread(long, quick, int(len(quick) * _BEGUN))


def spread(few: Sequence[T], many: Sequence[T], among: int) -> list[T]:
    """Put `few` between the first `among` of `many`, at equal distances, the first of them at the beginning."""
    distance = max(1, among // max(1, len(few)))
    mixed: list[T] = []
    for number, one in enumerate(few):
        mixed += [one, *many[number * distance : (number + 1) * distance]]
    return mixed + list(many[len(few) * distance :])


def _scope_of(nodeid: str) -> str:
    """Name what one worker runs as a whole: a control plane's tests, a costly fixture's, else a single test."""
    file = nodeid.partition("::")[0]
    if nodeid.startswith(_SECOND_PLANE):
        return "second plane"
    if nodeid.startswith("tests/live/"):
        return "first plane"
    return file if file in _TOGETHER and not nodeid.endswith("[sandbox]") else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """With `-n`: share the tests out so that two control planes are enough, and no costly fixture is made twice.

    (`--dist loadgroup` is meant for this, but groups nothing with pytest 9.2 and xdist 3.8.)
    """
    from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

    class ByFixture(LoadScopeScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            return _scope_of(nodeid)

    return ByFixture(config, log)


class RunSednactl(Protocol):
    """`run_sednactl("validate", "x.yaml")`; `environ` adds to the clean environment, None removes."""

    def __call__(
        self,
        *arguments: str,
        input: str | bytes | None = None,
        timeout: float = 60,
        environ: Mapping[str, str | None] | None = None,
        cwd: Path | None = None,
        program: str = "sednactl",
    ) -> CompletedRun: ...


@pytest.fixture(scope="session")
def warm_command(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WarmCommand]:
    """Give the installed command without the cost of its start."""
    warm = WarmCommand(tmp_path_factory.mktemp("warm"))
    try:
        yield warm
    finally:
        warm.stop()


@pytest.fixture
def run_sednactl(request: pytest.FixtureRequest, tmp_path: Path) -> RunSednactl:
    """Run the installed `sednactl`, with no kubeconfig and an empty home, in `tmp_path`.

    It is a fork of a process that has imported the command (`tests/warm.py`); under the mark `process` a new one.
    """
    new_process = request.node.get_closest_marker("process") is not None

    def run(
        *arguments: str,
        input: str | bytes | None = None,
        timeout: float = 60,
        environ: Mapping[str, str | None] | None = None,
        cwd: Path | None = None,
        program: str = "sednactl",
    ) -> CompletedRun:
        one = run_command
        if not (new_process or needs_its_own_start(environ)):
            one = request.getfixturevalue("warm_command").run
        return one(
            [str(BIN / program), *arguments],
            environment=clean_environment(tmp_path / "home", environ),
            cwd=cwd or tmp_path,
            input=input,
            timeout=timeout,
        )

    return run
