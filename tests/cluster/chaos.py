"""Every command of the table against a living sandbox, with a proxy between them that fails at random.

    python -m tests.cluster.chaos [--rounds 20] [--seed N] [--share 0.15] [--only COMMAND]

Each command ends with an exit code of the contract and without a traceback. Where it
says that it is done, it is; where it does not, the same again, undisturbed, brings it
about. What it was not to touch is as it was.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from sednactl.errors import NotFound
from sednactl.sandbox.ghost_story import leave_ghosts
from sednactl.sedna.kinds import JOINT_INFERENCE, MODEL, REID
from sednactl.sedna.releases import RELEASES
from sednactl.sedna.resources import (
    CLUSTER_ROLE,
    CLUSTER_ROLE_BINDING,
    DEPLOYMENT,
    HPA,
    NAMESPACE,
    POD,
    SERVICE,
    Resource,
)
from sednactl.validation.crd import crd_of
from tests.cluster.chaos_proxy import Chance, ChaosProxy, Fault, Script
from tests.cluster.under_fire import commands
from tests.command import CompletedRun
from tests.crds.bare_cluster import BareCluster, bare_cluster
from tests.hurried import SPEED, HurriedSandbox, hurried_sandbox
from tests.live.services import Json, joint_inference, model

CLEAN = ("cleanup", "ghost-instances", "--yes", "--older-than", "0s")
FIX = "sedna-gm-missing-rights"
REQUEST_TIMEOUT = "500ms"
CONTRACT = {0, 1, 3, 4, 5, 6, 7}
UNDISTURBED = {
    "diff": 1,
    "wait": 6,
    "scale watch": 6,
    "cleanup ghost-instances": 1,
    "crd diff": 1,
}
"""Exit codes of commands that have something to say, where nothing fails."""

EVIDENCE = {
    "get": "helmet",
    "get one": "big-model",
    "describe": "helmet-deployment-cloud",
    "tree": "helmet-deployment-edge",
    "scale status": "helmet",
    "cleanup ghost-instances": "old-cloud",
    "diff": "v2",
}
"""What the output holds of a command that ends as if nothing had failed."""


@dataclass
class Ends:
    """How runs ended: exit codes by command, and which faults they met."""

    codes: dict[str, Counter[int]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    met: Counter[Fault] = field(default_factory=Counter)

    def add(self, command: str, code: int, seconds: float) -> None:
        self.seconds[command] = max(seconds, self.seconds.get(command, 0.0))
        self.codes.setdefault(command, Counter())[code] += 1


class Grounds:
    """A sandbox with a namespace for each run, and a server with definitions only; a proxy before each."""

    def __init__(self, folder: Path, sandbox: HurriedSandbox, bare: BareCluster) -> None:
        self.folder = folder
        self.sandbox = sandbox
        self.bare = bare
        self.proxy = ChaosProxy(sandbox.sandbox._front.port)
        self.bare_proxy = ChaosProxy(bare.front.port)
        self.ends = Ends()
        self._number = 0

    def round(self, command: str, chance: random.Random, share: float) -> None:
        """Let one command meet faults at random, judge how it ended, and let a second run finish it."""
        self._number += 1
        run = Round(self, command, f"park-{self._number}")
        try:
            run.prepare()
            run.proxy.plan = Chance(chance, share)
            before = len(run.proxy.met)
            begun = time.monotonic()
            done = run(*run.line, "--request-timeout", REQUEST_TIMEOUT)
            run.proxy.plan = Script()
            met = run.proxy.met[before:]
            self.ends.add(command, done.code, time.monotonic() - begun)
            self.ends.met.update(met)
            try:
                run.judge(done)
                run.finish(done)
            except AssertionError as error:
                raise AssertionError(f"{command} met {[one.name for one in met]}: {error}\n{done}") from error
        finally:
            run.proxy.plan = Script()
            run.clear()


class Round:
    """One command in a namespace of its own."""

    def __init__(self, grounds: Grounds, command: str, place: str) -> None:
        self.command = command
        self.place = place
        self.grounds = grounds
        self.sandbox = grounds.sandbox
        self.cluster = grounds.sandbox.cluster
        self.of_definitions = command.startswith("crd ")
        self.proxy = grounds.bare_proxy if self.of_definitions else grounds.proxy
        self.folder = grounds.folder / place
        self.folder.mkdir()
        self.line = commands(self.folder)[command]
        if command in ("cleanup ghost-instances", "cleanup --yes"):
            self.line += ["--older-than", "0s"]
        text = json.dumps(json.loads(grounds.sandbox.sandbox.kubeconfigs["admin"]))
        if self.of_definitions:
            text = grounds.bare.kubeconfig.read_text()
        self.kubeconfig = self.proxy.kubeconfig(text, self.folder / "kubeconfig", place)
        self.living: dict[str, str] = {}
        self.first_uid = ""

    def __call__(self, *arguments: str) -> CompletedRun:
        return self.sandbox(*arguments, kubeconfig=self.kubeconfig)

    # --- before

    def prepare(self) -> None:
        """Bring about what the command works on."""
        if self.of_definitions:
            older = crd_of(JOINT_INFERENCE.kind, RELEASES[-2])
            self._definition("DELETE")
            if self.command != "crd install":
                path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
                self.grounds.bare.cluster.request("POST", path, body=older)
            return
        create = self.cluster.create
        create(NAMESPACE, {"metadata": {"name": self.place}})
        for name in ("big-model", "little-model", "big", "little"):
            create(MODEL.resource, model(name, self.place))
        helmet = joint_inference("helmet", self.place, hpa=("cloud",))
        self.cluster.apply(JOINT_INFERENCE.resource, helmet)
        edited = joint_inference("helmet", self.place, hpa=("cloud",), cloud_image="example.org/big:v2")
        if self.command == "apply --replace":
            self.cluster.apply(REID.resource, self._job("v1"))
            edited = self._job("v2")
        (self.folder / "m.yaml").write_text(json.dumps(edited))
        waited = self("wait", "ji", "helmet")
        assert waited.code == 0, waited.err
        if self.command == "apply --replace":
            self._until_there(POD, "a-reid")
            self.first_uid = self._uid(REID.resource, "a")
        if self.command.startswith("cleanup"):
            self._leave_ghosts()
        if self.command == "cleanup undo":
            cleaned = self(*CLEAN, "--backup", str(self.folder / "bundle"))
            assert cleaned.code == 0, cleaned.err
        if self.command == "repair":
            for resource, name in ((SERVICE, "helmet-cloud"), (HPA, "hpa-helmet-deployment-cloud")):
                self.cluster.delete(resource, name, namespace=self.place)
        if self.command == "doctor --fix":
            self._let_manager_scale(False)
        self.living = self._of_helmet()

    def _let_manager_scale(self, may: bool) -> None:
        rules = self._manager_rules()
        if may:
            verbs = ["get", "create", "update", "delete"]
            rules.append({"apiGroups": ["autoscaling"], "resources": [HPA.plural], "verbs": verbs})
        self.cluster.patch(CLUSTER_ROLE, "sedna", {"rules": rules})

    def _manager_rules(self) -> list[Json]:
        """Give the rules of Sedna's Global Manager, without that for autoscalers."""
        role = self.cluster.get(CLUSTER_ROLE, "sedna")
        return [one for one in role["rules"] if "autoscaling" not in one.get("apiGroups", ())]

    def _job(self, version: str) -> Json:
        container = {"name": "w", "image": f"example.org/w:{version}"}
        spec = {"template": {"spec": {"nodeName": "cloud-node", "containers": [container]}}}
        meta = {"name": "a", "namespace": self.place}
        return {"apiVersion": "sedna.io/v1alpha1", "kind": "ReidJob", "metadata": meta, "spec": spec}

    def _leave_ghosts(self) -> None:
        class Here:
            namespace = self.place
            create = self.cluster.create

        leave_ghosts(Here, "old")  # type: ignore[arg-type]
        # What is as old as the clean-up could have come back since it began; clocks may differ a little.
        time.sleep(10 / SPEED)

    # --- afterwards

    def judge(self, done: CompletedRun) -> None:
        """Hold to what every end has in common, and to what this one says."""
        assert done.code in CONTRACT, "an exit code that is none of the contract's"
        assert "Traceback" not in done.err and "unexpected" not in done.err
        assert sum(line.startswith("error:") for line in done.err.splitlines()) <= 1
        if done.code in (4, 5, 6, 7):
            assert done.err or self.command.startswith("doctor"), "it failed and did not say so"
        if done.code == UNDISTURBED.get(self.command, 0):
            assert EVIDENCE.get(self.command, "") in done.out, "part of it was not seen, and that is not said"
        if done.code == 0:
            assert self.reached(), "it says that it is done, and it is not"
        self._untouched()

    def finish(self, done: CompletedRun) -> None:
        """Let the same again, undisturbed, bring about what was asked for."""
        line, codes = self.line, {UNDISTURBED.get(self.command, 0)}
        if self.command == "create" and self._uid(JOINT_INFERENCE.resource, "fresh"):
            codes = {4}  # it is there already
        if self.command == "delete" and not self._uid(JOINT_INFERENCE.resource, "helmet"):
            codes = {4, 0, 7}
        if self.command == "cleanup --yes" and (self.folder / "new-bundle").exists():
            resumed = self("cleanup", "ghost-instances", "--yes", "--resume", str(self.folder / "new-bundle"))
            assert resumed.code == 0, resumed
            line = [str(self.folder / "later") if one.endswith("new-bundle") else one for one in line]
        if self.command == "doctor --fix":
            codes = {0, 1, 7}  # other findings of this cluster are not for --fix
        again = self(*line)
        assert again.code in codes, f"the second run: {again}"
        self._until_reached()
        self._untouched()

    def reached(self) -> bool:
        """Tell whether what was asked for has come about; True for what only reads."""
        if self.command in ("apply", "apply --replace"):
            return self._applied()
        if self.command == "create":
            return bool(self._uid(JOINT_INFERENCE.resource, "fresh"))
        if self.command == "delete":
            return not self._of_helmet() and not self._uid(JOINT_INFERENCE.resource, "helmet")
        if self.command == "repair":
            names = {one.partition(" ")[0] for one in self._of_helmet()}
            return {"Service/helmet-cloud", "HorizontalPodAutoscaler/hpa-helmet-deployment-cloud"} <= names
        if self.command == "scale set":
            live = self.cluster.get(JOINT_INFERENCE.resource, "helmet", self.place)
            return bool(live["spec"]["cloudWorker"]["hpa"]["maxReplicas"] == 3)
        if self.command in ("cleanup --yes", "cleanup undo"):
            there = [name for name in self._names(SERVICE) if name == "old-cloud"]
            there += [name for name in self._names(POD) if name.startswith("old-")]
            return len(there) == (3 if self.command == "cleanup undo" else 0)
        if self.command == "doctor --fix":
            return all(self.cluster.find(one, FIX) for one in (CLUSTER_ROLE, CLUSTER_ROLE_BINDING))
        if self.command in ("crd install", "crd upgrade"):
            definition = self.grounds.bare.definition(JOINT_INFERENCE.kind)
            return definition is not None and "hpa" in json.dumps(definition)
        return True

    def _applied(self) -> bool:
        if self.command == "apply":
            live = self.cluster.get(JOINT_INFERENCE.resource, "helmet", self.place)
            return "v2" in json.dumps(live["spec"])
        job = self.cluster.find(REID.resource, "a", self.place)
        return (
            job is not None and "v2" in json.dumps(job["spec"]) and job["metadata"]["uid"] != self.first_uid
        )

    def _untouched(self) -> None:
        """Hold to the children of a service that the command has nothing to do with."""
        if self.command in ("apply", "delete", "scale set", "repair") or self.of_definitions:
            return
        assert self._of_helmet() == self.living, "what it was not to touch changed"

    def _of_helmet(self) -> dict[str, str]:
        return {
            f"{resource.kind}/{one['metadata']['name']}": one["metadata"]["uid"]
            for resource in (SERVICE, HPA, DEPLOYMENT)
            for one in self._all(resource)
            if one["metadata"]["name"].startswith(("helmet", "hpa-helmet"))
        }

    def _until_reached(self) -> None:
        end = time.monotonic() + 90
        while not self.reached():
            assert time.monotonic() < end, "the second run did not bring it about"
            time.sleep(0.05)

    def _until_there(self, resource: Resource, prefix: str) -> None:
        end = time.monotonic() + 90
        while not any(name.startswith(prefix) for name in self._names(resource)):
            assert time.monotonic() < end, f"no {resource.kind} {prefix}"
            time.sleep(0.02)

    def _all(self, resource: Resource) -> list[Json]:
        group = (
            f"/apis/{resource.api_version}" if "/" in resource.api_version else f"/api/{resource.api_version}"
        )
        path = f"{group}/namespaces/{self.place}/{resource.plural}"
        items: list[Json] = self.cluster.request("GET", path)["items"]
        return items

    def _names(self, resource: Resource) -> list[str]:
        return [one["metadata"]["name"] for one in self._all(resource)]

    def _uid(self, resource: Resource, name: str) -> str:
        found = self.cluster.find(resource, name, self.place)
        return str(found["metadata"]["uid"]) if found else ""

    def _definition(self, method: str) -> None:
        path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/jointinferenceservices.sedna.io"
        with suppress(NotFound):
            self.grounds.bare.cluster.request(method, path)

    def clear(self) -> None:
        """Take the namespace away, so that later runs do not see it."""
        if self.of_definitions:
            return
        if self.command == "doctor --fix":
            self._let_manager_scale(True)
            for one in (CLUSTER_ROLE, CLUSTER_ROLE_BINDING):
                self.cluster.delete(one, FIX)
        self.cluster.delete(NAMESPACE, self.place)


@contextmanager
def grounds(folder: Path) -> Iterator[Grounds]:
    """Give the servers and their proxies for the time of a block."""
    below = folder / "bare"
    below.mkdir()
    with hurried_sandbox(folder) as sandbox, bare_cluster(below) as bare:
        made = Grounds(folder, sandbox, bare)
        with made.proxy, made.bare_proxy:
            yield made


def main() -> None:
    """Let every command meet chaos for so many rounds, and say how they ended."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--share", type=float, default=0.15, help="of all requests that fail")
    parser.add_argument("--only", help="one command of the table")
    asked = parser.parse_args()
    sys.stdout.write(f"seed {asked.seed}\n")
    chance = random.Random(asked.seed)
    with tempfile.TemporaryDirectory() as folder, grounds(Path(folder)) as made:
        for _ in range(asked.rounds):
            for command in commands(Path(folder)):
                if asked.only in (None, command):
                    made.round(command, chance, asked.share)
        ends = made.ends
    for command, codes in ends.codes.items():
        told = ", ".join(f"{code}: {count}" for code, count in sorted(codes.items()))
        sys.stdout.write(f"{command:26} {ends.seconds[command]:5.1f} s at most; exit codes {told}\n")
    sys.stdout.write(", ".join(f"{one.name} {count}" for one, count in ends.met.most_common()) + "\n")


if __name__ == "__main__":
    main()
