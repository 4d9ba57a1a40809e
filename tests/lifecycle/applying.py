"""SIGKILL at random moments of a plain apply: `python -m tests.lifecycle.applying --rounds 100` does it at length.

After each death every object is wholly as it was, or wholly as the files say, none is
lost and none doubled; one more run brings all to what the files say, and a third one
changes nothing.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

import yaml

from sednactl.sedna.kinds import BY_KIND, JOINT_INFERENCE, MODEL
from sednactl.sedna.resources import DEPLOYMENT, NAMESPACE, SECRET, Resource
from tests.command import clean_environment
from tests.hurried import HurriedSandbox, hurried_sandbox
from tests.killer import Killer, at_api
from tests.live.services import Json, joint_inference, model

PLACE = "park"
SERVICE = "helmet"


class Applying:
    """A sandbox to which ever newer versions of the same files are applied."""

    def __init__(self, park: HurriedSandbox, seed: int) -> None:
        self.park = park
        self.chance = random.Random(seed)
        self.killer = at_api(park.sandbox._front, park.sandbox.server, Killer(self.chance, longest=0.03))
        self.environment = clean_environment(park.folder / "home", {"KUBECONFIG": str(park.kubeconfig)})
        self.file = park.folder / "all.yaml"
        self.reach = 30
        self.killed = 0
        self.begun = 0

    def play(self, rounds: int) -> None:
        """Begin new versions until so many of the runs were killed; each is finished by a further run."""
        self._finish(self._write(0))
        while self.killed < rounds:
            self.begun += 1
            assert self.begun <= 10 * rounds, "hardly any was killed"
            if self.chance.random() < 0.3:  # all is to be made, not changed
                for one in reversed(self._objects()):
                    self.park.cluster.delete(
                        _resource(one), one["metadata"]["name"], namespace=_namespace(one)
                    )
                self._until_gone()
            before = self._objects()
            wanted = self._write(self.begun)
            at = self.chance.randint(1, self.reach)
            code = self.killer.run(
                "apply", "-f", str(self.file), environment=self.environment, after_requests=at
            )
            self.killed += code == -signal.SIGKILL
            if code == 0:
                self.reach = self.killer.requests + 1
            assert code in (0, -signal.SIGKILL), code
            self._is_before_or_after(before, wanted)
            self._finish(wanted)

    def _write(self, version: int) -> list[Json]:
        wanted: list[Json] = [
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": PLACE}},
            {
                "apiVersion": "v1",
                "kind": "Secret",
                "metadata": {"name": "keys", "namespace": PLACE, "annotations": {"version": str(version)}},
                "data": {"ACCESS_KEY_ID": "YQ=="},
            },
            *(model(name, PLACE) for name in ("big-model", "little-model")),
            joint_inference(SERVICE, PLACE, hpa=("cloud",), cloud_image=f"example.org/big:v{version}"),
        ]
        for one in wanted[2:4]:
            one["spec"]["url"] = f"/models/v{version}/{one['metadata']['name']}.pb"
        self.chance.shuffle(wanted)
        self.file.write_text(yaml.safe_dump_all(wanted))
        return wanted

    def _objects(self) -> list[Json]:
        """Give what there is of what the files hold, but for the namespace, which stays."""
        found = [self.park.cluster.find(SECRET, "keys", PLACE)]
        found += [
            self.park.cluster.find(MODEL.resource, name, PLACE) for name in ("big-model", "little-model")
        ]
        found.append(self.park.cluster.find(JOINT_INFERENCE.resource, SERVICE, PLACE))
        return [one for one in found if one is not None]

    def _is_before_or_after(self, before: list[Json], wanted: list[Json]) -> None:
        now = {_name(one): _content(one) for one in self._objects()}
        files = {_name(one): _content(one) for one in wanted}
        for name, content in {_name(one): _content(one) for one in before}.items():
            assert now[name] in (content, files[name]), name
        for name, content in now.items():
            assert content == files[name] or name in map(_name, before), name

    def _finish(self, wanted: list[Json]) -> None:
        done = self.park("apply", "-f", str(self.file))
        assert done.code == 0, done.err
        now = {_name(one): _content(one) for one in self._objects()}
        assert now == {_name(one): _content(one) for one in wanted if one["kind"] != "Namespace"}
        again = self.park("apply", "-f", str(self.file))
        assert again.code == 0 and again.out.count(" unchanged") == len(wanted), again
        service = self.park.cluster.get(JOINT_INFERENCE.resource, SERVICE, PLACE)
        waited = self.park("wait", "ji", SERVICE, "-n", PLACE, "--timeout", "5m")
        assert waited.code == 0, waited.err
        made = self._deployments()
        assert sorted(one["metadata"]["name"] for one in made) == [
            f"{SERVICE}-deployment-cloud",
            f"{SERVICE}-deployment-edge",
        ]
        assert {one["metadata"]["ownerReferences"][0]["uid"] for one in made} == {service["metadata"]["uid"]}

    def _until_gone(self) -> None:
        end = time.monotonic() + 90
        while self._objects() or self._deployments():
            assert time.monotonic() < end, "what was deleted stays"
            time.sleep(0.02)

    def _deployments(self) -> list[Json]:
        return list(
            self.park.cluster.request("GET", f"/apis/apps/v1/namespaces/{PLACE}/deployments")["items"]
        )


def _resource(one: Json) -> Resource:
    known = {"Namespace": NAMESPACE, "Secret": SECRET, "Deployment": DEPLOYMENT}
    return known.get(one["kind"]) or BY_KIND[one["kind"]].resource


def _namespace(one: Json) -> str | None:
    namespace: str | None = one["metadata"].get("namespace")
    return namespace


def _name(one: Json) -> str:
    return f"{one['kind']}/{one['metadata']['name']}"


def _content(one: Json) -> Json:
    """Give what an apply writes of an object: what is the cluster's own is left out."""
    return {
        "spec": one.get("spec"),
        "data": one.get("data"),
        "annotations": one["metadata"].get("annotations"),
    }


def main() -> None:
    """Kill as many runs as were asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, hurried_sandbox(Path(folder)) as park:
        applying = Applying(park, asked.seed)
        applying.play(asked.rounds)
    sys.stdout.write(
        f"seed {asked.seed}: {applying.killed} of {applying.begun} runs were killed; nothing was lost, each was finished\n"
    )


if __name__ == "__main__":
    main()
