"""Replacements that are killed again and again: `python -m tests.lifecycle.replacing --rounds 100` does it at length."""

from __future__ import annotations

import argparse
import io
import json
import random
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from sednactl.cli.main import run
from sednactl.lifecycle.replacement_record import PHASES
from sednactl.sedna.kinds import REID
from sednactl.sedna.resources import NAMESPACE, POD
from sednactl.surroundings import Surroundings
from tests.cluster.stub import StubServer
from tests.command import CompletedRun, clean_environment
from tests.killer import Killer, at_stub
from tests.lifecycle.conftest import collect_garbage, fill
from tests.lifecycle.objects import Json, pod, workload

REQUESTS = 36
"""How many one replacement sends; the last of them creates the new workload."""
DELETES = 12
"""Which of them deletes the old one."""


class Replacing:
    """A stub cluster with one job in it, which is replaced by a newer version in every round."""

    def __init__(self, stub: StubServer, folder: Path, seed: int) -> None:
        self.stub = stub
        self.folder = folder
        self.chance = random.Random(seed)
        self.killer = at_stub(stub, Killer(self.chance), lambda: collect_garbage(stub))
        self.environment = clean_environment(
            folder / "home", {"KUBECONFIG": str(stub.kubeconfig(folder / "config"))}
        )
        self.killed = 0
        self.phases: set[str] = set()
        stub.put(NAMESPACE, {"metadata": {"name": "kube-system", "uid": "cluster-1"}})
        stub.put(REID.resource, {**workload(REID), "spec": self.spec(0)})

    def spec(self, version: int) -> Json:
        container = {"name": "w", "image": f"example.org/w:v{version}"}
        return {"template": {"spec": {"containers": [container]}}}

    def round(self, version: int) -> None:
        """Kill a replacement somewhere, look that nothing is lost, and let a second run finish it."""
        before = self.live()
        assert before is not None
        fill(
            self.stub,
            pod(
                f"helmet-reid-{version}",
                "reid",
                owner=before,
                uid=before["metadata"]["uid"],
                prefix="reidjob",
            ),
        )
        manifest = {"apiVersion": "sedna.io/v1alpha1", "kind": "ReidJob", "spec": self.spec(version)}
        manifest["metadata"] = {"name": "helmet", "namespace": "park"}
        file = self.folder / "new.json"
        file.write_text(json.dumps(manifest))
        code = self.killer.run(
            "apply", "-f", str(file), "--replace",
            environment=self.environment,
            after_requests=self.somewhere(),
        )  # fmt: skip
        self.killed += code == -signal.SIGKILL
        assert code in (0, -signal.SIGKILL), code
        self.nothing_is_lost(before, manifest)

        done = self.finish(file)
        assert done.code == 0, done.err
        after = self.live()
        assert after is not None
        assert after["spec"] == manifest["spec"]
        assert after["metadata"]["uid"] != before["metadata"]["uid"]
        collect_garbage(self.stub)
        assert self.stub.objects(POD) == []
        assert self.pending() is None

    def somewhere(self) -> int:
        """Choose a request: any of them, or, every second time, one where something changes."""
        if self.chance.random() < 0.5:
            return self.chance.choice([DELETES, DELETES + 1, REQUESTS - 1, REQUESTS])
        return self.chance.randint(1, REQUESTS)

    def live(self) -> Json | None:
        return next(iter(self.stub.objects(REID.resource)), None)

    def pending(self) -> Json | None:
        root = self.folder / "home" / ".state" / "sednactl" / "replacements"
        found = [one for one in root.glob("helmet-*/record.json") if "." not in one.parent.name]
        content: Json | None = json.loads(found[0].read_text()) if found else None
        return content

    def nothing_is_lost(self, before: Json, manifest: Json) -> None:
        """The old workload is in the cluster or whole on disk; so is the new one once the old one is gone."""
        live, record = self.live(), self.pending()
        if record is not None:
            self.phases.add(record["phase"])
            assert record["phase"] in PHASES
            assert record["old"]["spec"] == before["spec"]
            assert record["new"]["spec"] == manifest["spec"]
        if live is None:
            assert record is not None
        elif live["metadata"]["uid"] != before["metadata"]["uid"]:
            assert live["spec"] == manifest["spec"]

    def finish(self, file: Path) -> CompletedRun:
        """Run the same command in this process, on virtual time, to its end."""
        slept: list[float] = []
        out, err = io.StringIO(), io.StringIO()
        surroundings = Surroundings(
            io.StringIO(), out, err, self.environment, monotonic=lambda: sum(slept), sleep=slept.append
        )
        code: Any = run(["apply", "-f", str(file), "--replace"], surroundings)
        return CompletedRun(int(code), out.getvalue(), err.getvalue())


def main() -> None:
    """Kill for as many rounds as were asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    wanted = parser.parse_args()
    with StubServer() as stub, tempfile.TemporaryDirectory() as folder:
        replacing = Replacing(stub, Path(folder), wanted.seed)
        for version in range(1, wanted.rounds + 1):
            replacing.round(version)
        sys.stdout.write(
            f"seed {wanted.seed}: {wanted.rounds} rounds, killed in {replacing.killed}, records found in the phases "
            f"{', '.join(sorted(replacing.phases))}; nothing lost, each finished by a second run\n"
        )


if __name__ == "__main__":
    main()
