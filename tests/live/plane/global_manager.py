"""Stands in for Sedna's Global Manager where the real program is not at hand: joint inference only.

It makes the children that v0.7.0 makes, with their names, labels and owners,
follows edits of the two workers, and re-creates a deleted Deployment. It also
shows the real one's weaknesses that users meet: the first error ends a
creation halfway, `Failed` is never left again, and a Deployment left over
under the right name is taken as it is when an autoscaler is asked for.
"""

from __future__ import annotations

import http.client
import threading
from datetime import datetime, timezone

from tests.live.plane.api import MERGE, Api, Json

_SERVICES = "/apis/sedna.io/v1alpha1/jointinferenceservices"
_PREFIX = "jointinferenceservice.sedna.io"
_PORT = 5000
_PASS = 0.3


class StandInGlobalManager:
    """One thread that looks at every JointInferenceService again and again."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._created: dict[
            str, int
        ] = {}  # uid of a service whose children were made: generation carried out
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="stand-in global manager", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(10)

    def _run(self) -> None:
        while not self._stopping.wait(_PASS):
            try:
                status, answer = self._api("GET", _SERVICES)
                for service in answer.get("items", []) if status == 200 else []:
                    self._look_at(service)
            except (OSError, http.client.HTTPException):
                continue  # the API server is being restarted or frozen by a test

    def _look_at(self, service: Json) -> None:
        uid, generation = service["metadata"]["uid"], service["metadata"]["generation"]
        conditions = service.get("status", {}).get("conditions") or []
        if uid not in self._created:
            self._created[uid] = generation
            if conditions:
                return  # made before this thread was
            problem = self._create_children(service)
            self._set_condition(service, "Failed" if problem else "Running", problem)
            return
        self._rebuild(service)
        if self._created[uid] != generation:
            self._created[uid] = generation
            self._carry_edit(service)

    def _create_children(self, service: Json) -> str | None:
        """Make all children in the real order; gives the first error, after which nothing more is made."""
        for worker in ("cloud", "edge"):
            problem = self._missing_model(service, worker) or self._create_worker(service, worker)
            if problem is None and worker == "cloud":
                problem = self._post(service, "/api/v1", "services", _service_of(service))
            if problem:
                return problem
        return None

    def _create_worker(self, service: Json, worker: str) -> str | None:
        deployment = _deployment_of(service, worker)
        problem = self._post(service, "/apis/apps/v1", "deployments", deployment)
        hpa = _hpa_of(service, worker)
        if hpa is None:
            return problem
        return self._post(service, "/apis/autoscaling/v2", "horizontalpodautoscalers", hpa)

    def _missing_model(self, service: Json, worker: str) -> str | None:
        namespace = service["metadata"]["namespace"]
        model = service["spec"][f"{worker}Worker"]["model"]["name"]
        status, answer = self._api("GET", f"/apis/sedna.io/v1alpha1/namespaces/{namespace}/models/{model}")
        return None if status == 200 else f"failed to get model {namespace}/{model}: {answer.get('message')}"

    def _rebuild(self, service: Json) -> None:
        if service["metadata"].get("deletionTimestamp"):
            return
        if any(each["type"] == "Failed" and each.get("message") for each in _conditions(service)):
            return
        for worker in ("cloud", "edge"):
            deployment = _deployment_of(service, worker)
            path = _path(service, "/apis/apps/v1", "deployments")
            if self._api("GET", f"{path}/{deployment['metadata']['name']}")[0] == 404:
                self._api("POST", path, deployment)

    def _carry_edit(self, service: Json) -> None:
        for worker in ("cloud", "edge"):
            deployment = _deployment_of(service, worker)
            name = deployment["metadata"]["name"]
            path = f"{_path(service, '/apis/apps/v1', 'deployments')}/{name}"
            status, current = self._api("GET", path)
            if status != 200:
                continue
            current["spec"]["template"] = deployment["spec"]["template"]
            self._api("PUT", path, current)
            hpas = _path(service, "/apis/autoscaling/v2", "horizontalpodautoscalers")
            hpa = _hpa_of(service, worker)
            if hpa is None:
                self._api("DELETE", f"{hpas}/hpa-{name}")
            elif self._api("PATCH", f"{hpas}/hpa-{name}", {"spec": hpa["spec"]}, MERGE)[0] == 404:
                self._api("POST", hpas, hpa)

    def _post(self, service: Json, base: str, plural: str, body: Json) -> str | None:
        status, answer = self._api("POST", _path(service, base, plural), body)
        return None if status < 300 else str(answer.get("message"))

    def _set_condition(self, service: Json, type_: str, message: str | None) -> None:
        now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        condition = {"type": type_, "status": "True", "lastHeartbeatTime": now, "lastTransitionTime": now}
        if message:
            condition["message"] = message
        failed = 2 if type_ == "Failed" else 0
        body = {
            "status": {"conditions": [condition], "startTime": now, "active": 2 - failed, "failed": failed}
        }
        meta = service["metadata"]
        path = f"/apis/sedna.io/v1alpha1/namespaces/{meta['namespace']}/jointinferenceservices/{meta['name']}/status"
        self._api("PATCH", path, body, MERGE)


def _conditions(service: Json) -> list[Json]:
    return service.get("status", {}).get("conditions") or []


def _path(service: Json, base: str, plural: str) -> str:
    return f"{base}/namespaces/{service['metadata']['namespace']}/{plural}"


def _labels(service: Json, worker: str) -> dict[str, str]:
    meta = service["metadata"]
    return {
        f"{_PREFIX}/name": meta["name"],
        f"{_PREFIX}/uid": meta["uid"],
        f"{_PREFIX}/worker-type": worker,
    }


def _owned(service: Json, name: str, labels: dict[str, str]) -> Json:
    meta = service["metadata"]
    owner = {
        "apiVersion": "sedna.io/v1alpha1",
        "kind": "JointInferenceService",
        "name": meta["name"],
        "uid": meta["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }
    return {"name": name, "namespace": meta["namespace"], "labels": labels, "ownerReferences": [owner]}


def _deployment_of(service: Json, worker: str) -> Json:
    name = service["metadata"]["name"]
    labels = _labels(service, worker) | {"app.sedna.io": f"{name}-{worker.capitalize()}-svc"}
    template = service["spec"][f"{worker}Worker"]["template"]
    pod = {"metadata": {"labels": labels}, "spec": template["spec"]}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": _owned(service, f"{name}-deployment-{worker}", labels),
        "spec": {"selector": {"matchLabels": labels}, "template": pod},
    }


def _hpa_of(service: Json, worker: str) -> Json | None:
    asked = service["spec"][f"{worker}Worker"].get("hpa")
    if not asked:
        return None
    deployment = f"{service['metadata']['name']}-deployment-{worker}"
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": deployment}
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": _owned(service, f"hpa-{deployment}", _labels(service, worker)),
        "spec": {**asked, "scaleTargetRef": target},
    }


def _service_of(service: Json) -> Json:
    labels = _labels(service, "cloud")
    port = {"name": "tcp-0", "protocol": "TCP", "port": _PORT, "targetPort": _PORT}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": _owned(service, f"{service['metadata']['name']}-cloud", labels),
        "spec": {"selector": labels, "ports": [port]},
    }
