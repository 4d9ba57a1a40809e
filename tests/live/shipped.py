"""Sedna as it is shipped: a plane of its own whose Global Manager may do what the shipped role lets it, and may die."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from sednactl.sandbox.controllers.global_manager.faults import Faults
from sednactl.sandbox.controllers.global_manager.installation import installation
from tests.live.plane.api import Json, eventually
from tests.live.plane.global_manager import OurGlobalManager
from tests.live.plane.plane import OwnPlane, Plane, find_program_beside, real_global_manager
from tests.live.plane.programs import RunningProgram
from tests.live.plane.sandbox_plane import SandboxPlane

_TOKEN = "/api/v1/namespaces/sedna/serviceaccounts/sedna/token"


class ShippedSedna:
    """A plane with Sedna's own objects, and a Global Manager under Sedna's own account."""

    def __init__(self, plane: Plane) -> None:
        self.plane = plane

    def has_crashed(self) -> bool:
        """Tell whether the Global Manager ended by itself."""
        raise NotImplementedError

    def start_again(self) -> None:
        """Start it again, as its Deployment's kubelet would after a while."""
        raise NotImplementedError

    def stop(self) -> None:
        """Stop everything."""
        raise NotImplementedError


class ShippedOnPlane(ShippedSedna):
    """The real control plane, and the real Global Manager where that is at hand."""

    def __init__(self, folder: Path) -> None:
        self._own = OwnPlane(folder / "plane", with_global_manager=False)
        super().__init__(self._own)
        self._folder = folder
        self._manager: RunningProgram | OurGlobalManager | None = None
        try:
            for resource, content in installation("0.7", autoscaling=False):
                self._create(resource, content)
            self._kubeconfig = self._of_account()
            self.start_again()
        except BaseException:
            self.stop()
            raise

    def has_crashed(self) -> bool:
        return isinstance(self._manager, RunningProgram) and self._manager.ended()

    def start_again(self) -> None:
        if find_program_beside("sedna-gm") is None:
            self._manager = OurGlobalManager(self._kubeconfig, faults=Faults())
            self._manager.start()
        else:
            self._manager = real_global_manager(self._folder, self._kubeconfig)

    def stop(self) -> None:
        if self._manager is not None:
            self._manager.stop()
        self._own.stop()

    def _create(self, resource: Any, content: Json) -> None:
        root = f"/apis/{resource.group}/{resource.version}" if resource.group else f"/api/{resource.version}"
        place = f"/namespaces/{content['metadata']['namespace']}" if resource.namespaced else ""
        self.plane.api.expect("POST", f"{root}{place}/{resource.plural}", content)

    def _of_account(self) -> Path:
        """Write a kubeconfig with a token of the service account that Sedna installs."""
        asked = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
        token = self.plane.api.expect("POST", _TOKEN, asked)["status"]["token"]
        config = yaml.safe_load(self.plane.kubeconfig.read_text())
        context = next(one for one in config["contexts"] if one["name"] == config["current-context"])
        user = next(one for one in config["users"] if one["name"] == context["context"]["user"])
        user["user"] = {"token": token}
        file = self._folder / "sedna.kubeconfig"
        file.write_text(json.dumps(config))
        return file


class ShippedInSandbox(ShippedSedna):
    """The sandbox with every fault that Sedna 0.7.0 is shipped with."""

    def __init__(self, folder: Path) -> None:
        self._sandbox = SandboxPlane(folder, faults=Faults())
        super().__init__(self._sandbox)

    def has_crashed(self) -> bool:
        pods = self.plane.api.expect("GET", "/api/v1/namespaces/sedna/pods")["items"]
        statuses = [
            status
            for pod in pods
            if pod["metadata"].get("labels", {}).get("sedna") == "gm"
            for status in pod["status"].get("containerStatuses", ())
        ]
        return any(status["restartCount"] or not status["ready"] for status in statuses)

    def start_again(self) -> None:
        """Wait until it did so by itself."""
        eventually(lambda: not self._waits(), what="the Global Manager back", timeout=120)

    def stop(self) -> None:
        self._sandbox.stop()

    def _waits(self) -> bool:
        found = self.plane.api.expect("GET", "/apis/apps/v1/namespaces/sedna/deployments/gm")
        return not found["status"].get("readyReplicas")
