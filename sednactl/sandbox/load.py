"""How much the sandbox's services have to do over time, and where that is written.

The load of every side is one entry of the ConfigMap `sednactl-sandbox-load` in
`kube-system`, so that it is set, read and taken away over the API alone:

    data:
      NAMESPACE.SERVICE.SIDE: '{"selector": "app=x", "start": "2026-11-27T21:00:00Z",
        "unit": "millicores", "joined": true, "repeat": true, "points": [[0, 400], [120, 1600]]}'

`points` are seconds since `start` and the load of all the side's replicas
together: millicores, or (`"unit": "utilization"`) percent of one replica's CPU
request. Between two points the earlier holds, or a line joins them (`joined`);
after the last it starts anew (`repeat`) or stays.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, get_args

from sednactl.errors import InvalidInput, NotFound
from sednactl.sandbox.resources import CONFIG_MAP
from sednactl.sandbox.times import read, written
from sednactl.scaling.label_selectors import selector_from
from sednactl.scaling.load_profiles import LoadProfile, Points, level_between
from sednactl.scaling.loads import Series
from sednactl.sedna.kinds import JOINT_INFERENCE, SednaKind

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster

NAMESPACE = "kube-system"
NAME = "sednactl-sandbox-load"

Json = dict[str, Any]
LoadUnit = Literal["millicores", "utilization"]


@dataclass(frozen=True)
class SideLoad:
    """The load of one side from `start` on; `selector` (as text) selects the pods that share it."""

    selector: str
    start: datetime
    points: Points
    unit: LoadUnit = "millicores"
    joined: bool = False
    repeat: bool = True

    def level_at(self, now: datetime) -> float:
        """Give the load at a time, in its unit; before its start there is none."""
        seconds = (now - self.start).total_seconds()
        length = self.points[-1][0]
        if seconds < 0:
            return 0.0
        if self.repeat and length and seconds > length:
            seconds %= length
        if self.joined:
            return level_between(self.points, seconds)
        return next((value for at, value in reversed(self.points) if at <= seconds), 0.0)

    def millicores_at(self, now: datetime, request: int) -> float:
        """Give the load of all replicas together; `request` is one replica's CPU request in millicores."""
        level = self.level_at(now)
        return level * request / 100 if self.unit == "utilization" else level

    def as_text(self) -> str:
        """Write it as an entry of the ConfigMap."""
        return json.dumps(
            {
                "selector": self.selector,
                "start": written(self.start),
                "unit": self.unit,
                "joined": self.joined,
                "repeat": self.repeat,
                "points": [[at, value] for at, value in self.points],
            }
        )


def of_profile(
    profile: LoadProfile, ordinary: float, selector: str, start: datetime, unit: LoadUnit
) -> SideLoad:
    """Give a named profile as a side's load; `ordinary` is its level 1 in the unit."""
    points = tuple((at, level * ordinary) for at, level in profile.points)
    return SideLoad(selector, start, points, unit, joined=True)


def of_series(series: Series, selector: str, start: datetime) -> SideLoad:
    """Give a series that was read from a file as a side's load. Raises InvalidInput for requests a second."""
    for unit in get_args(LoadUnit):
        if series.unit == unit:
            return SideLoad(selector, start, series.points, unit, series.joined)
    raise InvalidInput(
        f"a load in {series.unit} does not say what it costs",
        hint=f"give it in {' or '.join(get_args(LoadUnit))}",
    )


def selector_of_side(service: str, side: str, kind: SednaKind = JOINT_INFERENCE) -> str:
    """Give the selector of one side's pods, by the labels that the Global Manager writes."""
    return f"{kind.label_prefix}/name={service},{kind.label_prefix}/worker-type={side}"


def key_of(namespace: str, service: str, side: str) -> str:
    """Give the entry's key; none of the three can hold a dot."""
    return f"{namespace}.{service}.{side}"


def read_load(text: str) -> SideLoad:
    """Read one entry. Raises InvalidInput for one that cannot be meant."""
    try:
        entry = json.loads(text)
        points = tuple((float(at), float(value)) for at, value in entry["points"])
        unit, start = entry.get("unit", "millicores"), read(entry.get("start"))
        selector = str(entry["selector"])
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise InvalidInput(f"no load: {error}", hint="set it with sednactl sandbox load") from None
    times = [at for at, _ in points]
    if not points or times != sorted(times) or any(value < 0 for _, value in points):
        raise InvalidInput("points must be there, in order of time, and not below zero")
    if start is None or start.tzinfo is None or unit not in get_args(LoadUnit):
        raise InvalidInput("start must be a time, and unit millicores or utilization")
    selector_from(selector)
    return SideLoad(selector, start, points, unit, bool(entry.get("joined")), bool(entry.get("repeat", True)))


def loads_in(config_map: Mapping[str, Any] | None) -> tuple[dict[str, SideLoad], list[str]]:
    """Give all loads by key, and a remark on each entry that is none."""
    loads, remarks = {}, []
    for key, text in ((config_map or {}).get("data") or {}).items():
        try:
            loads[key] = read_load(text)
        except InvalidInput as error:
            remarks.append(f"{key}: {error.message}")
    return loads, remarks


def set_load(cluster: Cluster, key: str, load: SideLoad | None) -> None:
    """Set one side's load in a cluster, or take it away (None). Raises what the cluster refuses."""
    change = {"data": {key: None if load is None else load.as_text()}}
    try:
        cluster.patch(CONFIG_MAP, NAME, change, namespace=NAMESPACE)
    except NotFound:
        if load is None:
            return
        meta = {"name": NAME, "namespace": NAMESPACE}
        manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, **change}
        cluster.create(CONFIG_MAP, manifest, namespace=NAMESPACE)
