"""What is said about DaemonSets and APIServices."""

from __future__ import annotations

from typing import Any

from tests.api_contract.conversations import A, N, Step, apply, deployment, merge, strategic, table

Json = dict[str, Any]
SERVICES = "/apis/apiregistration.k8s.io/v1/apiservices"


def daemon_set(name: str, **spec: Any) -> Json:
    made = deployment(name, "DaemonSet")
    del made["spec"]["replicas"]
    made["spec"].update(spec)
    return made


def _changed(**spec: Any) -> tuple[str, str, Any, Json]:
    return "PATCH", f"{A}/daemonsets/lc", {"spec": spec}, merge


def _image(image: str) -> Json:
    return {"spec": {"template": {"spec": {"containers": [{"name": "c", "image": image}]}}}}


def _rolling(**amounts: Any) -> Json:
    return {"updateStrategy": {"rollingUpdate": amounts}}


DAEMONS: list[Step] = [
    ("ds.create", "POST", f"{A}/daemonsets", daemon_set("lc"), {}),
    ("ds.template", "PATCH", f"{A}/daemonsets/lc", _image("nginx:2"), strategic),
    ("ds.annotations", "PATCH", f"{A}/daemonsets/lc", {"metadata": {"annotations": {"a": "b"}}}, merge),
    ("ds.apply", "PATCH", f"{A}/daemonsets/lc", daemon_set("lc"), apply("one", force="true")),
    ("ds.table", "GET", f"{A}/daemonsets/lc", None, {**table, "query": {"includeObject": "None"}}),
    (
        "ds.status",
        "PATCH",
        f"{A}/daemonsets/lc/status",
        {"status": {"numberReady": 2, "desiredNumberScheduled": 3}},
        merge,
    ),
    ("ds.scale", "GET", f"{A}/daemonsets/lc/scale", None, {}),
    ("ds.selector", *_changed(selector={"matchLabels": {"a": "b"}})),
    ("ds.zero", *_changed(**_rolling(maxUnavailable=0))),
    ("ds.surge", *_changed(**_rolling(maxSurge="200%"))),
    ("ds.word", *_changed(**_rolling(maxUnavailable="x"))),
    ("ds.swap", *_changed(**_rolling(maxUnavailable=0, maxSurge=1))),
    ("ds.ondelete", *_changed(updateStrategy={"type": "OnDelete", "rollingUpdate": None})),
    ("ds.restart", *_changed(template={"spec": {"restartPolicy": "Never", "activeDeadlineSeconds": 3}})),
    ("ds.negative", *_changed(minReadySeconds=-1, revisionHistoryLimit=-2)),
    ("ds.empty", "POST", f"{A}/daemonsets", daemon_set("x", selector={}), {}),
    ("ds.none", "POST", f"{A}/daemonsets", daemon_set("x", selector=None), {}),
    ("ds.delete", "DELETE", f"{A}/daemonsets/lc", None, {}),
    ("as.apps", "GET", f"{SERVICES}/v1.apps", None, {}),
    ("as.autoscaling", "GET", f"{SERVICES}/v2.autoscaling", None, {}),
    ("as.sedna", "GET", f"{SERVICES}/v1alpha1.sedna.io", None, {}),
    ("as.table", "GET", f"{SERVICES}/v1.apps", None, table),
    ("as.none", "GET", f"{SERVICES}/v1.apiregistration.k8s.io", None, {}),
    ("as.namespace", "GET", f"{N}/daemonsets", None, {}),
]
