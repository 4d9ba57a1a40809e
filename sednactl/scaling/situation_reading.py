"""Reads from a cluster what the decisions about one service are made from.

The metrics APIs are asked what the controller asks. That they are not there, or
in trouble, is an answer; that we may not ask is not, and is kept apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sednactl.cluster.door import Selection
from sednactl.errors import Forbidden, NotFound, Refused
from sednactl.scaling.scales import selector_text
from sednactl.scaling.situation import Evidence
from sednactl.scaling.watching import Scope, no_such_service, selections
from sednactl.sedna.kinds import JOINT_INFERENCE
from sednactl.sedna.resources import DEPLOYMENT, EVENT, HPA, POD, POD_METRICS

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster

Json = dict[str, Any]

_NOT_SERVED = "the server could not find the requested resource"
_IN_TROUBLE = "the server is currently unable to handle the request"


def read_evidence(cluster: Cluster, scope: Scope) -> Evidence:
    """Read one named service's autoscalers, Deployments, pods, their metrics and events.

    Raises NotFound when there is no such service.
    """
    if cluster.find(JOINT_INFERENCE.resource, scope.name or "", scope.namespace) is None:
        raise no_such_service(scope)
    found: dict[str, list[Json]] = {DEPLOYMENT.kind: [], HPA.kind: []}
    for selection in selections(scope)[1:]:
        found[selection.resource.kind] += cluster.list(selection)
    deployments = found[DEPLOYMENT.kind]
    names = {item["metadata"]["name"] for item in deployments}
    mine = [hpa for hpa in found[HPA.kind] if _target(hpa) in names]
    trouble = _Trouble()
    selectors = [selector_text((item.get("spec") or {}).get("selector") or {}) for item in deployments]
    pods: list[Json] = []
    measured: list[Json] = []
    for selector in selectors:
        pods += trouble.asking("Pod", cluster.list, Selection(POD, scope.namespace, selector))
        if any(_measures(hpa, ("Resource", "ContainerResource")) for hpa in mine):
            measured += trouble.asking(
                "PodMetrics", cluster.list, Selection(POD_METRICS, scope.namespace, selector)
            )
    events: list[Json] = []
    for hpa in mine:
        wanted = f"involvedObject.name={hpa['metadata']['name']},reason=SuccessfulRescale"
        events += trouble.asking("Event", cluster.list, Selection(EVENT, scope.namespace, fields=wanted))
    return Evidence(
        hpas=found[HPA.kind],
        targets=deployments,
        pods=pods,
        pod_metrics=measured,
        custom=_values(trouble, "MetricValue", cluster, _custom(scope, mine, selectors)),
        external=_values(trouble, "ExternalMetricValue", cluster, _external(scope, mine)),
        events=events,
        unreadable=trouble.unreadable,
        unavailable=trouble.unavailable,
    )


class _Trouble:
    """Remembers what could not be read, so that one missing right costs one reading and not the whole answer."""

    def __init__(self) -> None:
        self.unreadable: dict[str, str] = {}
        self.unavailable: dict[str, str] = {}

    def asking(self, kind: str, ask: Any, *arguments: Any) -> list[Json]:
        try:
            return list(ask(*arguments))
        except Forbidden as error:
            self.unreadable[kind] = f"may not read {kind}: {error.message}"
        except NotFound as error:
            # An adapter that has no such metric says so itself; without one nothing is said but 404.
            if error.reason and kind.endswith("MetricValue"):
                said = error.message.removeprefix(f"{arguments[1]}: ")
            else:
                said = f"{_NOT_SERVED}{_asked(kind)}"
            self.unavailable.setdefault(kind, said)
        except Refused as error:
            if error.status != 503:
                raise
            self.unavailable[kind] = f"{_IN_TROUBLE}{_asked(kind)}"
        return []


def _asked(kind: str) -> str:
    return " (get pods.metrics.k8s.io)" if kind == "PodMetrics" else ""


def _target(hpa: Mapping[str, Any]) -> str:
    return str(((hpa.get("spec") or {}).get("scaleTargetRef") or {}).get("name", ""))


def _measures(hpa: Mapping[str, Any], kinds: tuple[str, ...]) -> bool:
    metrics = (hpa.get("spec") or {}).get("metrics") or ({"type": "Resource"},)
    return any(metric.get("type") in kinds for metric in metrics)


def _sources(hpas: Iterable[Json], kind: str) -> Iterator[Mapping[str, Any]]:
    for hpa in hpas:
        for metric in (hpa.get("spec") or {}).get("metrics") or ():
            if metric.get("type") == kind:
                yield metric.get(kind.lower()) or {}


Question = tuple[str, Mapping[str, str]]
"""The path and query by which one metric's values are asked for."""


def _custom(scope: Scope, hpas: list[Json], selectors: list[str]) -> Iterator[Question]:
    root = f"/apis/custom.metrics.k8s.io/v1beta2/namespaces/{scope.namespace}"
    for source in _sources(hpas, "Pods"):
        metric = source.get("metric") or {}
        for selector in selectors:
            query = {"labelSelector": selector, **_metric_labels(metric, "metricLabelSelector")}
            yield f"{root}/pods/*/{metric.get('name', '')}", query
    for source in _sources(hpas, "Object"):
        metric, about = source.get("metric") or {}, source.get("describedObject") or {}
        group = str(about.get("apiVersion", "")).rpartition("/")[0]
        plural = _plural(str(about.get("kind", ""))) + (f".{group}" if group else "")
        path = f"{root}/{plural}/{about.get('name', '')}/{metric.get('name', '')}"
        yield path, _metric_labels(metric, "metricLabelSelector")


def _external(scope: Scope, hpas: list[Json]) -> Iterator[Question]:
    for source in _sources(hpas, "External"):
        metric = source.get("metric") or {}
        path = f"/apis/external.metrics.k8s.io/v1beta1/namespaces/{scope.namespace}/{metric.get('name', '')}"
        yield path, _metric_labels(metric, "labelSelector")


def _values(trouble: _Trouble, kind: str, cluster: Cluster, questions: Iterable[Question]) -> list[Json]:
    """Ask for each metric by itself: one that nobody has takes none of the others away."""
    return [item for question in questions for item in trouble.asking(kind, _answered, cluster, *question)]


def _answered(cluster: Cluster, path: str, query: Mapping[str, str]) -> list[Json]:
    return list(cluster.request("GET", path, query=query).get("items") or ())


def _metric_labels(metric: Mapping[str, Any], parameter: str) -> dict[str, str]:
    text = selector_text(metric.get("selector") or {})
    return {parameter: text} if text else {}


def _plural(kind: str) -> str:
    """Guess a kind's plural as the custom metrics client does: from its name alone."""
    lower = kind.lower()
    if lower.endswith(("s", "x", "ch")):
        return f"{lower}es"
    return f"{lower[:-1]}ies" if lower.endswith("y") else f"{lower}s"
