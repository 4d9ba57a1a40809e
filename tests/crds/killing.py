"""SIGKILL at random moments of `crd upgrade` and `crd install`: `python -m tests.crds.killing --rounds 100`.

After each death every definition is wholly of the one release or wholly of the other, every
object is as it was, and in the end one more run brings all to the release asked for.
"""

from __future__ import annotations

import argparse
import random
import signal
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from sednactl.errors import NotFound
from sednactl.sedna.kinds import BY_KIND
from sednactl.sedna.releases import RELEASES
from sednactl.sedna.resources import CRD
from sednactl.validation.crd_state import definition_name, state_of
from tests.command import clean_environment
from tests.crds.bare_cluster import BareCluster, bare_cluster
from tests.killer import Killer, at_api

Json = dict[str, Any]
KINDS = {"reid": "ReidJob", "va": "VideoAnalyticsJob", "fe": "FeatureExtractionService"}
OLD, NEW = RELEASES[-2], RELEASES[-1]
POD = {"spec": {"containers": [{"name": "a", "image": "a:1"}]}}
OBJECTS: dict[str, Json] = {
    "ReidJob": {"template": POD, "completions": 1},
    "VideoAnalyticsJob": {"template": POD, "model": {"name": "big"}},
}


def fill(bare: BareCluster) -> None:
    """Give the cluster the older definitions and an object of each kind."""
    bare.install(str(OLD), *KINDS.values())
    for kind, spec in OBJECTS.items():
        bare.create(BY_KIND[kind].resource, {"metadata": {"name": "a"}, "spec": spec})


def check_nothing_lost(bare: BareCluster) -> None:
    """Every definition is wholly one release's, or not there; every object of a kind that is served is whole."""
    for kind in KINDS.values():
        definition = bare.definition(kind)
        if definition is None:
            continue
        states = {release: state_of(kind, definition, release) for release in (OLD, NEW)}
        assert any(state and state.state == "same" for state in states.values()), kind
        if kind in OBJECTS:
            spec = bare.cluster.get(BY_KIND[kind].resource, "a")["spec"]
            assert {key: spec[key] for key in OBJECTS[kind]} == OBJECTS[kind], kind


def rounds(bare: BareCluster, folder: Path, count: int, seed: int) -> int:
    """Upgrade and downgrade in turns until so many were killed, then finish each. Gives how many were begun."""
    chance = random.Random(seed)
    killer = at_api(bare.front, bare.server, Killer(chance, longest=0.03))
    environment = clean_environment(folder / "home", {"KUBECONFIG": str(bare.kubeconfig)})
    died = begun = 0
    while died < count:
        release = str(NEW if begun % 2 == 0 else OLD)
        begun += 1
        arguments = ("upgrade", *KINDS, "--yes", "--sedna-version", release)
        if (
            chance.random() < 0.2
        ):  # one that is missing, put in again; an earlier round may not have come so far
            with suppress(NotFound):
                bare.cluster.delete(CRD, definition_name("FeatureExtractionService"))
            arguments = ("install", *KINDS, "--sedna-version", release)
        code = killer.run("crd", *arguments, environment=environment, after_requests=chance.randint(1, 18))
        died += code == -signal.SIGKILL
        assert code in (0, -signal.SIGKILL), (begun, arguments, code)
        assert begun <= 10 * count, "hardly any was killed"
        check_nothing_lost(bare)
        if chance.random() < 0.3 or died == count:
            finish(bare, release)
    return begun


def finish(bare: BareCluster, release: str) -> None:
    """Let the job be done: one run each, and nothing differs."""
    for arguments in (
        ("install", *KINDS, "--sedna-version", release),
        ("upgrade", *KINDS, "--yes", "--sedna-version", release),
        ("diff", *KINDS, "--sedna-version", release),
    ):
        run = bare("crd", *arguments)
        assert run.code == 0, (arguments, run)
    check_nothing_lost(bare)


def main() -> None:
    """Run as many rounds as asked for, and say how many commands died."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, bare_cluster(Path(name)) as bare:
        fill(bare)
        begun = rounds(bare, Path(name), asked.rounds, asked.seed)
    print(
        f"seed {asked.seed}: {asked.rounds} of {begun} commands were killed; nothing was lost, all was finished"
    )


if __name__ == "__main__":
    main()
