"""SIGKILL at random moments of a repair: `python -m tests.lifecycle.repairing --rounds 100` does it at length.

After each death the workload is in the cluster, or whole in the record of its
replacement; a second run mends what was broken, and a third one finds nothing.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from sednactl.errors import NotFound
from sednactl.lifecycle.replacement_record import PHASES
from sednactl.sedna.kinds import FEATURE_EXTRACTION, FEDERATED_LEARNING, JOINT_INFERENCE, SednaKind
from sednactl.sedna.resources import DEPLOYMENT, HPA, NAMESPACE, POD, SERVICE
from tests.command import clean_environment
from tests.hurried import SPEED, HurriedSandbox, hurried_sandbox
from tests.killer import Killer, at_api
from tests.live.other_kinds import every_other_kind
from tests.live.services import Json, joint_inference, stream, with_models

PLACE = "park"
KINDS = (JOINT_INFERENCE, FEDERATED_LEARNING, FEATURE_EXTRACTION)
NAMES = {JOINT_INFERENCE: "helmet", FEDERATED_LEARNING: "fl", FEATURE_EXTRACTION: "fe"}


class Repairing:
    """A sandbox with a few workloads, one of which is broken in every round."""

    def __init__(self, park: HurriedSandbox, seed: int) -> None:
        self.park = park
        self.chance = random.Random(seed)
        # On the command's own clock, so that its looks after a step take no seconds of ours.
        program = (sys.executable, "-m", "tests.hurried", str(SPEED))
        self.killer = at_api(
            park.sandbox._front, park.sandbox.server, Killer(self.chance, longest=0.03, program=program)
        )
        self.environment = clean_environment(park.folder / "home", {"KUBECONFIG": str(park.kubeconfig)})
        self.breaks: tuple[tuple[SednaKind, Callable[[], None]], ...] = (
            (JOINT_INFERENCE, self._without_autoscaler_and_service),
            (JOINT_INFERENCE, self._without_owners),
            (JOINT_INFERENCE, self._forever_deleted),
            (FEDERATED_LEARNING, self._with_a_surplus_pod),
            (FEATURE_EXTRACTION, self._without_its_deployment),
        )
        self.killed: dict[str, int] = {}
        self.begun = 0
        self.reach: dict[str, int] = {}
        self.phases: set[str] = set()

    def play(self, rounds: int) -> None:
        """Break one after the other until so many repairs were killed."""
        self.park.cluster.create(NAMESPACE, {"metadata": {"name": PLACE}})
        for kind in KINDS:
            self._whole(kind)
        while sum(self.killed.values()) < rounds:
            kind, broken = self.breaks[self.begun % len(self.breaks)]
            self.begun += 1
            assert self.begun <= 10 * rounds, "hardly any was killed"
            before = self._live(kind)
            assert before is not None
            broken()
            self._until_found(kind, broken.__name__)
            how = broken.__name__.lstrip("_")
            at = self.chance.randint(1, self.reach.get(how, 40))
            code = self.killer.run(
                "repair", *self._words(kind), "--yes", environment=self.environment, after_requests=at
            )
            self.killed[how] = self.killed.get(how, 0) + (code == -signal.SIGKILL)
            if code == 0:
                self.reach[how] = self.killer.requests + 1
            assert code in (0, -signal.SIGKILL) or (how == "forever_deleted" and code == 7), (how, at, code)
            self._nothing_is_lost(kind, before, leaving=how == "forever_deleted")
            self._finish(kind, how)

    def _words(self, kind: SednaKind) -> tuple[str, ...]:
        return kind.word, NAMES[kind], "-n", PLACE, "--timeout", "5m"

    def _finish(self, kind: SednaKind, how: str) -> None:
        repaired = threading.Event()
        letting_go = threading.Thread(target=self._let_go, args=(repaired,), daemon=True)
        if how == "forever_deleted":
            letting_go.start()
        done = self.park("repair", *self._words(kind), "--yes")
        repaired.set()
        if how == "forever_deleted":
            letting_go.join()
            left = [one["metadata"] for one in self._owned()]
            # 4: the killed run had already done all that was to be done
            assert done.code in (0, 4), (done, left)
            self._until(lambda: self._live(kind) is None, "an end of the deletion")
            self._until(self._all_let_go, f"the end of {[one['metadata'] for one in self._owned()]}")
            self._whole(kind)
        assert done.code in (0, 4), (how, done)
        self._until(lambda: "nothing to repair" in self.park("repair", *self._words(kind)).out, how)
        assert self._pending(kind) is None

    def _whole(self, kind: SednaKind) -> None:
        """Let the workload be there, and run."""
        wanted = [one for one in every_other_kind(PLACE) if one["kind"] in (kind.kind, "Model", "Dataset")]
        text = stream(*wanted)
        if kind is JOINT_INFERENCE:
            text = with_models(joint_inference(NAMES[kind], PLACE, hpa=("cloud", "edge")))
        sent = self.park("apply", "-f", "-", input=text)
        assert sent.code == 0, sent.err
        waited = self.park("wait", *self._words(kind))
        assert waited.code == 0, waited.err

    def _without_autoscaler_and_service(self) -> None:
        for resource, name in ((HPA, "hpa-helmet-deployment-edge"), (SERVICE, "helmet-cloud")):
            self.park.cluster.delete(resource, name, namespace=PLACE)

    def _without_owners(self) -> None:
        nobody: Json = {"metadata": {"ownerReferences": None}}
        for resource, name in ((SERVICE, "helmet-cloud"), (HPA, "hpa-helmet-deployment-cloud")):
            self.park.cluster.patch(resource, name, nobody, namespace=PLACE)

    def _forever_deleted(self) -> None:
        # One child does not go, so that the deletion never ends by itself.
        self._hold(["tests.example.org/stays"])
        path = f"/apis/sedna.io/v1alpha1/namespaces/{PLACE}/jointinferenceservices/helmet"
        body = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Foreground"}
        self.park.cluster.request("DELETE", path, body=body)

    def _hold(self, finalizers: list[str] | None) -> None:
        body: Json = {"metadata": {"finalizers": finalizers}}
        with suppress(NotFound):
            self.park.cluster.patch(DEPLOYMENT, "helmet-deployment-edge", body, namespace=PLACE)

    def _let_go(self, repaired: threading.Event) -> None:
        """Let the child that was held go once its owner is released, until the repair has ended.

        Again and again: a Global Manager that has not seen yet that the service is gone makes the child anew as it
        was, with the finalizer.
        """
        while not repaired.wait(0.05):
            if self._live(JOINT_INFERENCE) is None:
                self._hold(None)

    def _all_let_go(self) -> bool:
        """Tell whether nothing is left of it, and let go what is: Sedna may just have made it anew, finalizer and all."""
        self._hold(None)
        return not self._owned()

    def _with_a_surplus_pod(self) -> None:
        pods = self.park.cluster.request("GET", f"/api/v1/namespaces/{PLACE}/pods")["items"]
        one = next(pod for pod in pods if pod["metadata"]["name"].startswith("fl-train"))
        meta = {key: one["metadata"][key] for key in ("labels", "ownerReferences")}
        pod = {"metadata": {**meta, "name": f"fl-train-s{self.begun}"}, "spec": one["spec"]}
        self.park.cluster.create(POD, pod, namespace=PLACE)

    def _without_its_deployment(self) -> None:
        self.park.cluster.delete(DEPLOYMENT, "fe-deployment-fe", namespace=PLACE)

    def _live(self, kind: SednaKind) -> Json | None:
        return self.park.cluster.find(kind.resource, NAMES[kind], PLACE)

    def _owned(self) -> list[Json]:
        path = f"/apis/apps/v1/namespaces/{PLACE}/deployments"
        items: list[Json] = self.park.cluster.request("GET", path)["items"]
        return [one for one in items if one["metadata"]["name"].startswith("helmet-")]

    def _pending(self, kind: SednaKind) -> Json | None:
        root = self.park.folder / "home" / ".state" / "sednactl" / "replacements"
        found = [one for one in root.glob(f"{NAMES[kind]}-*/record.json") if "." not in one.parent.name]
        content: Json | None = json.loads(found[0].read_text()) if found else None
        return content

    def _nothing_is_lost(self, kind: SednaKind, before: Json, *, leaving: bool) -> None:
        live, record = self._live(kind), self._pending(kind)
        if record is not None:
            self.phases.add(record["phase"])
            assert record["phase"] in PHASES
            assert record["old"]["spec"] == record["new"]["spec"] == before["spec"]
        if live is not None:
            assert live["spec"] == before["spec"]
        else:
            assert leaving or record is not None, "it is neither in the cluster nor on disk"

    def _until_found(self, kind: SednaKind, what: str) -> None:
        self._until(lambda: self.park("repair", *self._words(kind)).code == 1, what)

    def _until(self, holds: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + 90
        while not holds():
            assert time.monotonic() < end, f"waited in vain for: {what}"
            time.sleep(0.05)


def main() -> None:
    """Kill as many repairs as were asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    asked = parser.parse_args()
    sys.stdout.write(f"seed {asked.seed}\n")
    with tempfile.TemporaryDirectory() as folder, hurried_sandbox(Path(folder)) as park:
        repairing = Repairing(park, asked.seed)
        repairing.play(asked.rounds)
    killed = ", ".join(f"{how} {count}" for how, count in repairing.killed.items())
    sys.stdout.write(
        f"seed {asked.seed}: {sum(repairing.killed.values())} of {repairing.begun} repairs were killed ({killed}; "
        f"records found in the phases {', '.join(sorted(repairing.phases))}); nothing was lost, each was finished\n"
    )


if __name__ == "__main__":
    main()
