"""JointInferenceServices that have nothing in common but their kind, so that nothing remembered helps with the next.

Each has names, values, fields, an order of keys and an indentation of its own; comments too.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def services(count: int, *, seed: int = 11) -> Iterator[str]:
    """Give manifests of 2 to 3 KB that the cluster takes and no rule calls an error."""
    random_ = random.Random(seed)
    for number in range(count):
        made = _Service(random_, number)
        yield made.text()


class _Service:
    """One service; every word in it is drawn anew."""

    def __init__(self, random_: random.Random, number: int) -> None:
        self._random = random_
        self._number = number
        self._step = random_.choice((2, 2, 2, 2, 3, 4))
        self._dash = random_.choice((0, 0, 2))

    def text(self) -> str:
        """Give the manifest as YAML."""
        lines = [f"# {self._word()} {self._word()}", "apiVersion: sedna.io/v1alpha1"]
        lines += ["kind: JointInferenceService"]
        body = {"metadata": self._metadata(), "spec": self._shuffled(self._spec())}
        self._write(body, 0, lines)
        return "\n".join(lines) + "\n"

    def _word(self, least: int = 4, most: int = 9) -> str:
        return "".join(self._random.choices(_LETTERS, k=self._random.randint(least, most)))

    def _maybe(self, chance: float) -> bool:
        return self._random.random() < chance

    def _shuffled(self, value: dict[str, Any]) -> dict[str, Any]:
        keys = list(value)
        self._random.shuffle(keys)
        return {key: value[key] for key in keys}

    def _metadata(self) -> dict[str, Any]:
        made: dict[str, Any] = {"name": f"{self._word()}-{self._number}"}
        if self._maybe(0.5):
            made["namespace"] = self._word()
        for part in ("labels", "annotations"):
            if self._maybe(0.5):
                made[part] = {f"{self._word()}.io/{self._word()}": self._word() for _ in range(2)}
        return self._shuffled(made)

    def _spec(self) -> dict[str, Any]:
        edge, cloud = self._worker("edge"), self._worker("cloud")
        parameters = [
            {"key": key, "value": f'"0.{self._random.randint(1, 999)}"'}
            for key in ("threshold_img", "threshold_box")
        ]
        edge["hardExampleMining"] = {"name": "IBT", "parameters": parameters}
        return {"edgeWorker": self._shuffled(edge), "cloudWorker": self._shuffled(cloud)}

    def _worker(self, side: str) -> dict[str, Any]:
        pod: dict[str, Any] = {"containers": [self._container()]}
        if self._maybe(0.6):
            pod["nodeName"] = f"{side}-{self._word()}"
        else:
            pod["nodeSelector"] = {f"{self._word()}.io/{self._word()}": self._word()}
        volumes = [self._word() for _ in range(self._random.randint(1, 2))]
        pod["containers"][0]["volumeMounts"] = [
            self._shuffled({"name": name, "mountPath": f"/{self._word()}/{self._word()}"}) for name in volumes
        ]
        pod["volumes"] = [
            {"name": name, "hostPath": {"path": f"/{self._word()}/{self._word()}", "type": "Directory"}}
            for name in volumes
        ]
        if self._maybe(0.3):
            pod["terminationGracePeriodSeconds"] = self._random.randint(5, 300)
        worker = {
            "model": {"name": f"{self._word()}-{self._word()}"},
            "template": {"spec": self._shuffled(pod)},
        }
        if self._maybe(0.5):
            target = {"type": "Utilization", "averageUtilization": self._random.randint(20, 95)}
            metric = {"type": "Resource", "resource": self._shuffled({"name": "cpu", "target": target})}
            hpa = {"minReplicas": 1, "maxReplicas": self._random.randint(2, 40), "metrics": [metric]}
            worker["hpa"] = self._shuffled(hpa)
        return worker

    def _container(self) -> dict[str, Any]:
        random_ = self._random
        cpu, memory = random_.randint(50, 9000), random_.randint(16, 60000)
        registry = f"{self._word()}.{self._word()}.com/{self._word()}"
        container: dict[str, Any] = {
            "name": self._word(),
            "image": f"{registry}/{self._word()}:v{random_.randint(0, 99)}.{random_.randint(0, 99)}",
            "env": [self._variable() for _ in range(random_.randint(2, 4))],
            "resources": {
                "requests": {"cpu": f"{cpu}m", "memory": f"{memory}Mi"},
                "limits": {
                    "cpu": f"{cpu + random_.randint(1, 999)}m",
                    "memory": f"{memory + random_.randint(1, 999)}Mi",
                },
            },
        }
        if self._maybe(0.4):
            container["args"] = [f"--{self._word()}={self._word()}" for _ in range(random_.randint(1, 4))]
        if self._maybe(0.4):
            container["workingDir"] = f"/{self._word()}"
        if self._maybe(0.3):
            container["imagePullPolicy"] = random_.choice(("Always", "IfNotPresent"))
        return self._shuffled(container)

    def _variable(self) -> dict[str, Any]:
        value = self._random.choice((self._word(), f"/{self._word()}/{self._word()}", f'"{self._word()}"'))
        return {
            "name": self._word(6, 14).upper(),
            "value": f"{value}  # {self._word()}" if self._maybe(0.1) else value,
        }

    def _write(self, value: dict[str, Any], column: int, lines: list[str], first: str = "") -> None:
        """Write a map; `first` stands before its first key."""
        for key, item in value.items():
            before = first or " " * column
            first = ""
            if isinstance(item, dict):
                lines.append(f"{before}{key}:")
                self._write(item, column + self._step, lines)
            elif isinstance(item, list):
                lines.append(f"{before}{key}:")
                dash = " " * (column + self._dash)
                for entry in item:
                    if isinstance(entry, dict):
                        self._write(entry, len(dash) + 2, lines, f"{dash}- ")
                    else:
                        lines.append(f"{dash}- {entry}")
            else:
                lines.append(f"{before}{key}: {item}")
