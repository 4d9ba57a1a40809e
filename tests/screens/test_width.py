"""Every screen on a terminal of 80 columns: no line is longer, and in a pipe nothing is cut.

A command that is missing from `SCREENS` fails `test_every_command_is_here`.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sednactl.cli.commands import COMMANDS
from sednactl.cli.main import run
from sednactl.render.columns import width
from sednactl.sedna.kinds import DATASET, JOINT_INFERENCE, MODEL, SEDNA_KINDS, SednaKind
from sednactl.sedna.resources import EVENT, NAMESPACE, NODE
from sednactl.surroundings import Surroundings
from tests.cluster.stub import StubServer
from tests.command import CompletedRun
from tests.lifecycle.conftest import fill
from tests.lifecycle.objects import (
    DEAD,
    FALSE_ALARM,
    NOW,
    Json,
    ago,
    autoscaler,
    deployment,
    ji_spec,
    pod,
    service,
    slice_of,
    workload,
)

LONG = "helmet-detection-north-gate-hall-7"
"""As long as names in a real cluster are."""
WIDTH = 80

SCREENS: dict[str, tuple[tuple[str, ...], ...]] = {
    "get": (
        ("get",),
        ("get", "-A"),
        ("get", "--no-headers"),
        *(("get", kind.word) for kind in SEDNA_KINDS),
        ("get", "ji", "-A"),
        ("get", "model,dataset"),
    ),
    "describe": tuple(("describe", kind.word, LONG) for kind in SEDNA_KINDS),
    "tree": (("tree", "ji", LONG), ("tree", "os", LONG)),
    "events": (("events", "ji", LONG), ("events", "fl", LONG)),
    "scale": (
        ("scale", "status"),
        ("scale", "status", "-A"),
        ("scale", "simulate", LONG, "--load", "shift-change", "--fixed", "edge=4,cloud=3", "--for", "1h", "--model", "edge.request=500m,cloud.request=500m",
         "--price", "edge=0.05,cloud=0.2"),
    ),
    "doctor": (("doctor",), ("doctor", "--list")),
    "cleanup": (("cleanup", "ghost-instances", "-A"),),
    "crd": (("crd", "diff"),),
    "explain": (("explain", "rules"), ("explain", "checks"), ("explain", "SDN207"), ("explain", "DOC405")),
    "templates": (("templates", "list"),),
    "sandbox": (("sandbox", "up", "--fault", "list"), ("sandbox", "status")),
    "repair": (("repair", "ji", LONG, "--dry-run"),),
    "delete": (("delete", "ji", LONG, "--dry-run=client"),),
}  # fmt: skip

NO_SCREEN = {
    "apply": "a line an object",
    "completion": "a script",
    "create": "a line an object",
    "demo": "plays other commands",
    "diff": "a diff is as wide as what it compares",
    "logs": "what containers wrote is not ours to cut",
    "validate": "findings have files of their own: tests/validation",
    "wait": "a line at its end; the one before it is cut by progress_line",
}


class Terminal(io.StringIO):
    """A terminal of the usual 80 columns."""

    def isatty(self) -> bool:
        return True


def _children(kind: SednaKind) -> Iterator[Json]:
    more: Any = {"of": LONG, "prefix": kind.label_prefix.partition(".")[0], "owner_kind": kind.kind}
    for worker in kind.deployments:
        yield deployment(worker, wanted=3, ready=1, **more)
    for worker in kind.services:
        yield (there := service(worker, **more))
        yield slice_of(there)
    for worker in set(kind.worker_types) - set(kind.deployments):
        yield pod(f"{LONG}-{worker}-x7k2p", worker, ready=False, node="edge-node-in-hall-7", **more)
    if kind is JOINT_INFERENCE:
        for side in kind.deployments:
            yield autoscaler(side, **more)


SPECS: dict[str, Json] = {
    JOINT_INFERENCE.kind: ji_spec(hpa=("cloud", "edge")),
    MODEL.kind: {"url": f"s3://models/{LONG}/of-the-third-generation.pb", "format": "pb"},
    DATASET.kind: {"url": f"/data/{LONG}/index.txt", "format": "txt", "nodeName": "edge-node-in-hall-7"},
}


@pytest.fixture(scope="module")
def park() -> Iterator[StubServer]:
    with StubServer() as stub:
        stub.put(NAMESPACE, {"metadata": {"name": "kube-system", "uid": "cluster-1"}})
        stub.put(NODE, {"metadata": {"name": "cloud-node", "uid": "node-1"}})
        for kind in SEDNA_KINDS:
            status = FALSE_ALARM if kind.deployments else {"phase": "Running"}
            spec = SPECS.get(kind.kind, {"model": {"name": LONG}, "dataset": {"name": LONG}})
            made = workload(kind, LONG, uid=f"uid-{kind.word}", spec=spec, status=status)
            stub.put(kind.resource, made)
            for item in _children(kind):
                labels = item["metadata"].get("labels") or {}
                labels |= {key: made["metadata"]["uid"] for key in labels if key.endswith("/uid")}
                for owner in item["metadata"].get("ownerReferences") or ():
                    owner["uid"] = made["metadata"]["uid"] if owner["kind"] == kind.kind else owner["uid"]
                item["metadata"]["uid"] = f"{kind.word}-{item['metadata']['uid']}"
                fill(stub, item)
            about = {"kind": kind.kind, "namespace": "park", "name": LONG, "uid": made["metadata"]["uid"]}
            stub.put(EVENT, _event(kind, about))
        fill(stub, deployment("cloud", of="of-a-workload-that-is-gone", owned=False, uid=DEAD))
        yield stub


def _event(kind: SednaKind, about: Json) -> Json:
    return {
        "metadata": {"name": f"{kind.word}.1", "namespace": "park", "uid": f"event-{kind.word}"},
        "involvedObject": about,
        "type": "Warning",
        "reason": "FailedGetResourceMetric",
        "message": f"failed to get cpu utilization of {LONG}: no metrics returned from resource metrics API",
        "lastTimestamp": ago(30),
        "count": 12,
    }


def typed(stub: StubServer, folder: Path, words: tuple[str, ...], *, terminal: bool) -> CompletedRun:
    slept: list[float] = []
    out, err = (Terminal(), Terminal()) if terminal else (io.StringIO(), io.StringIO())
    environ = {"HOME": str(folder), "KUBECONFIG": str(stub.kubeconfig(folder / "config")), "TERM": "dumb"}
    environ["XDG_RUNTIME_DIR"] = str(folder)
    surroundings = Surroundings(
        io.StringIO(), out, err, environ, lambda: NOW, lambda: sum(slept), slept.append
    )
    file = folder / "config"
    file.write_text(file.read_text().replace("namespace: default", "namespace: park"))
    code: Any = run([*words, *_place(words)], surroundings)
    return CompletedRun(int(code), out.getvalue(), err.getvalue())


def _place(words: tuple[str, ...]) -> tuple[str, ...]:
    offline = ("templates", "explain", "sandbox", "crd")
    everywhere = "-A" in words or words[0] in offline or "--list" in words
    return () if everywhere else ("-n", "park")


def _too_long(text: str) -> list[str]:
    """Give the lines that could have been shorter: a single word, and a name behind its kind, could not."""
    return [line for line in text.splitlines() if width(line) > WIDTH and len(line.split()) > 2]


ALL = [words for screens in SCREENS.values() for words in screens]


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_a_screen_keeps_to_its_terminal(park: StubServer, tmp_path: Path, words: tuple[str, ...]) -> None:
    shown = typed(park, tmp_path, words, terminal=True)
    assert shown.out.strip(), shown.err
    assert not _too_long(shown.out), "\n" + "\n".join(_too_long(shown.out))


@pytest.mark.parametrize("words", [words for words in ALL if words[0] == "get"], ids=" ".join)
def test_nothing_is_cut_in_a_pipe(park: StubServer, tmp_path: Path, words: tuple[str, ...]) -> None:
    shown = typed(park, tmp_path, words, terminal=False)
    assert LONG in shown.out and "…" not in shown.out


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_is_here(name: str) -> None:
    assert (name in SCREENS) != (name in NO_SCREEN), f"{name}: add its screens to SCREENS"
