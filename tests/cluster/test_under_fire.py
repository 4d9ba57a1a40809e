"""Every command under every fault between it and the API server: an end in time, one clear line, the right exit code."""

from __future__ import annotations

import itertools
import json
import re
import shutil
import socket
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import trustme
import typer

from sednactl.cli.commands import COMMANDS as ALL_COMMANDS
from sednactl.sedna.kinds import JOINT_INFERENCE, MODEL
from sednactl.sedna.resources import NAMESPACE
from tests.cluster.stub import (
    Answers,
    Closes,
    Fault,
    Reset,
    SlowHeaders,
    Stalls,
    StubServer,
    Truncated,
    listener,
)
from tests.cluster.under_fire import TIMEOUT, Bounded, commands, run_bounded
from tests.ghosts.command import with_content
from tests.ghosts.objects import before_0_7
from tests.lifecycle.conftest import fill
from tests.lifecycle.objects import whole_service, workload

COMMANDS = commands(Path())
UNREACHABLE, REFUSED, UNMET, PARTIAL = 5, 4, 6, 7
THROUGHOUT: dict[str, tuple[Fault, int]] = {
    "resets": (Reset(), UNREACHABLE),
    "truncates": (Truncated(), UNREACHABLE),
    "throttles": (Answers(429, headers=(("Retry-After", "1"),)), REFUSED),
    "throttles for an hour": (Answers(429, headers=(("Retry-After", "3600"),)), REFUSED),
    "is broken": (Answers(500), REFUSED),
    "has forgotten": (Answers(410), REFUSED),
    "is a login page": (Answers(200, "<html>sign in</html>", content_type="text/html"), UNREACHABLE),
    "answers with no object": (Answers(200, "[]"), UNREACHABLE),
}
"""What the server does to every request, and how a command has to end."""

_UNREAD_IS_KNOWLEDGE = {"wait", "scale watch"}
"""Commands that wait for better times, until their own time is over."""

_TELLS_OF_EACH_LOOK = {"doctor", "doctor --fix"}
"""Commands whose result says of each look why it failed, where somebody answers at all."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with what the commands read."""
    folder = tmp_path_factory.mktemp("fire")
    item = workload()
    item["metadata"] = {"name": "helmet", "namespace": "park"}
    (folder / "m.yaml").write_text(json.dumps(item))
    return folder


@pytest.fixture(scope="module")
def park() -> Iterator[StubServer]:
    """Give one server for all: with a healthy service, two ghosts and what they refer to."""
    with StubServer() as server:
        yield server


@pytest.fixture
def on_fire(park: StubServer, folder: Path) -> Iterator[StubServer]:
    """Give the server as it was in the beginning, and a bundle of a clean-up."""
    _reset_objects(park)
    (folder / "new-bundle").unlink(missing_ok=True)
    if not (folder / "bundle").exists():
        lines = [*commands(folder)["cleanup --yes"][:-2], "-n", "park"]
        done = run_bounded(lines, folder, _kubeconfig(park, folder))
        assert done.code == 0, done.err
        (folder / "new-bundle").rename(folder / "bundle.whole")
        _reset_objects(park)
    shutil.copy(folder / "bundle.whole", folder / "bundle")
    yield park
    park.mend()


def _reset_objects(park: StubServer) -> None:
    for resource in park.served:
        for item in park.objects(resource):
            park.remove(resource, item["metadata"]["name"], item["metadata"].get("namespace"))
    park.put(NAMESPACE, {"metadata": {"name": "kube-system", "uid": "cluster-1"}})
    park.put(NAMESPACE, {"metadata": {"name": "park"}})
    for name in ("big", "little", "big-model", "little-model"):
        park.put(MODEL.resource, {"metadata": {"name": name, "namespace": "park"}, "spec": {}})
    park.put(JOINT_INFERENCE.resource, workload())
    fill(park, *whole_service())
    fill(
        park, *(with_content(before_0_7("Service", f"old-{n}-cloud", workload=f"old-{n}")) for n in range(2))
    )


def _kubeconfig(park: StubServer, folder: Path) -> Path:
    file = park.kubeconfig(folder / "kubeconfig")
    content = json.loads(file.read_text())
    content["contexts"][0]["context"]["namespace"] = "park"
    file.write_text(json.dumps(content))
    return file


def _orderly(done: Bounded) -> None:
    """Hold to what every end has in common: no fault of ours, one error line at most, sleeps within the time-out."""
    assert done.code in {0, 1, 3, 4, 5, 6, 7}, done.err
    assert "Traceback" not in done.err and "unexpected" not in done.err
    assert sum(line.startswith("error:") for line in done.err.splitlines()) <= 1, done.err
    assert done.slept <= 3 * TIMEOUT


@pytest.mark.parametrize("fault", THROUGHOUT)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_server_that_always_does_that(on_fire: StubServer, folder: Path, command: str, fault: str) -> None:
    kind, code = THROUGHOUT[fault]
    on_fire.fail(kind, times=10**6)
    done = run_bounded(commands(folder)[command], folder, _kubeconfig(on_fire, folder))
    _orderly(done)
    if command in _TELLS_OF_EACH_LOOK and code == REFUSED:
        assert (done.code, "error:" in done.err) == (PARTIAL, False), done.err
        assert "nothing that --fix can mend" not in done.err
        assert "could not look: " in done.out and "ok" not in done.out.split()
        return
    wanted = {code, UNMET} if command in _UNREAD_IS_KNOWLEDGE else {code}
    assert done.code in wanted, (done.code, done.err)
    # An undo says of each object why it is not back.
    assert done.err.count("error:") == 1 or (command == "cleanup undo" and done.err == "2 failed.\n"), (
        done.err
    )


@pytest.mark.parametrize("fault", [Stalls(), SlowHeaders()], ids=["silent", "a byte at a time"])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_server_without_an_answer_in_time(
    on_fire: StubServer, folder: Path, command: str, fault: Fault
) -> None:
    on_fire.fail(fault, times=10**6)
    done = run_bounded(
        commands(folder)[command], folder, _kubeconfig(on_fire, folder), request_timeout="200ms"
    )
    _orderly(done)
    assert done.code in {UNREACHABLE, UNMET}, (done.code, done.err)
    assert "in time" in done.err or done.code == UNMET


@pytest.mark.parametrize("command", COMMANDS)
def test_a_server_that_cannot_be_spoken_to(on_fire: StubServer, folder: Path, command: str) -> None:
    kubeconfig = _kubeconfig(on_fire, folder)
    content = json.loads(kubeconfig.read_text())
    cluster = content["clusters"][0]["cluster"]

    def ends(expected: str, **changed: str) -> None:
        content["clusters"][0]["cluster"] = {**cluster, **changed}
        file = folder / "changed"
        file.write_text(json.dumps(content))
        done = run_bounded(commands(folder)[command], folder, file)
        _orderly(done)
        assert done.code in {UNREACHABLE, UNMET}, (done.code, done.err)
        assert expected in done.err or done.code == UNMET, done.err

    stranger = folder / "stranger.pem"
    trustme.CA().cert_pem.write_to_path(str(stranger))
    without_data = {**cluster}
    without_data.pop("certificate-authority-data", None)
    cluster = without_data
    ends("not trusted", **{"certificate-authority": str(stranger)})
    ends("not trusted", **{"tls-server-name": "another.example"} | _authority(kubeconfig))
    with listener(_no_tls) as port:
        ends("does not speak TLS", server=f"https://127.0.0.1:{port}", **_authority(kubeconfig))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        ends("refused", server=f"https://127.0.0.1:{free.getsockname()[1]}", **_authority(kubeconfig))


def _authority(kubeconfig: Path) -> dict[str, str]:
    cluster = json.loads(kubeconfig.read_text())["clusters"][0]["cluster"]
    return {key: value for key, value in cluster.items() if key.startswith("certificate-authority")}


def _no_tls(connection: socket.socket) -> None:
    connection.recv(1024)
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")


_ONCE: tuple[tuple[int, Fault], ...] = (
    (1, Reset()), (2, Answers(500)), (2, Answers(410)), (3, Truncated()), (4, Reset(done=True)), (5, Closes()),
    (7, Answers(403)),
)  # fmt: skip
"""Which request meets what."""


@pytest.mark.parametrize("command", COMMANDS)
def test_a_single_fault_never_makes_an_answer_out_of_what_was_not_seen(
    on_fire: StubServer, folder: Path, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = on_fire._fault_for
    undisturbed = run_bounded(commands(folder)[command], folder, _kubeconfig(on_fire, folder)).code
    for place, fault in _ONCE:
        _reset_objects(on_fire)
        (folder / "new-bundle").unlink(missing_ok=True)
        shutil.copy(folder / "bundle.whole", folder / "bundle")
        countdown = iter([None] * (place - 1) + [fault])
        monkeypatch.setattr(on_fire, "_fault_for", lambda *_, countdown=countdown: next(countdown, None))
        done = run_bounded(commands(folder)[command], folder, _kubeconfig(on_fire, folder))
        monkeypatch.setattr(on_fire, "_fault_for", real)
        _orderly(done)
        assert done.code in {undisturbed, REFUSED, UNREACHABLE, UNMET, PARTIAL}, (place, fault, done.err)


def test_the_table_holds_every_command_that_talks_to_a_cluster() -> None:
    ours = {
        " ".join(itertools.takewhile(lambda word: not word.startswith("-"), line[:2]))
        for line in COMMANDS.values()
    }
    # What `create` does with a cluster is the same for every kind.
    talking = {re.sub("^create .*", "create", name) for name in _talking() if name not in _ELSEWHERE}
    assert talking <= ours | {line[0] for line in COMMANDS.values()}


_ELSEWHERE: frozenset[str] = frozenset()
"""Commands that meet their faults in tests of their own."""


def _talking() -> Iterator[str]:
    """Give the words of every command that takes --request-timeout."""
    for name, entry in ALL_COMMANDS.items():
        top = typer.main.get_command(import_module(f"sednactl.cli.{entry.module}").app)
        for words, command in _leaves(name, top):
            if any("--request-timeout" in option.opts for option in command.params):
                yield words


def _leaves(words: str, command: Any) -> Iterator[tuple[str, Any]]:
    if not hasattr(command, "list_commands"):
        yield words, command
        return
    context: Any = typer.Context(command, info_name=words)
    for name in command.list_commands(context):
        yield from _leaves(f"{words} {name}", command.get_command(context, name))
