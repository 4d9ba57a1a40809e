"""Puts a load on a joint inference service in the sandbox: a named profile, or what a file says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sednactl.errors import InvalidInput, UsageError
from sednactl.sandbox.load import SideLoad, key_of, of_profile, set_load
from sednactl.scaling.load_profiles import PROFILES, LoadProfile
from sednactl.sedna.kinds import JOINT_INFERENCE

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster

Json = dict[str, Any]

SHARE_OF_TARGET = 0.8
"""The ordinary load: one replica then works at this share of its autoscaler's target, and none is added."""

_TARGET_WITHOUT_METRICS = 80.0
"""Percent of the request that Kubernetes aims at where an autoscaler names no metric."""

_ORDINARY_WITHOUT_AUTOSCALER = 40.0
_BEFORE_THE_CHANGE = timedelta(seconds=30)


@dataclass(frozen=True)
class Loaded:
    """A load that was put on one side. `ordinary` is what its level 1 is, in percent of one replica's request."""

    side: str
    source: str
    ordinary: float | None


def put_load(
    cluster: Cluster, service: Json, sides: Sequence[str], source: str, times: float, now: datetime
) -> list[Loaded]:
    """Put a profile's load, or that of a file, on sides of a service, from now on.

    `times` multiplies it. A profile starts shortly before its first change. Raises
    UsageError for a source that is neither, InvalidInput for a file that holds no load.
    """
    done = []
    for side in sides:
        load, ordinary = _load(service, side, source, times, now)
        if load is not None:
            meta = service["metadata"]
            set_load(cluster, key_of(meta["namespace"], meta["name"], side), load)
            done.append(Loaded(side, source, ordinary))
    if not done:
        raise InvalidInput(f"{source} holds no load for {' or '.join(sides)}")
    return done


def take_load(cluster: Cluster, namespace: str, name: str, sides: Sequence[str]) -> None:
    """Take every load off sides of a service."""
    for side in sides:
        set_load(cluster, key_of(namespace, name, side), None)


def ordinary_load(worker: Json) -> float:
    """Give the ordinary load of a worker, in percent of one replica's request."""
    hpa = worker.get("hpa")
    if not hpa:
        return _ORDINARY_WITHOUT_AUTOSCALER
    for metric in hpa.get("metrics") or ():
        resource = metric.get("resource") or metric.get("containerResource") or {}
        wanted = (resource.get("target") or {}).get("averageUtilization")
        if resource.get("name") == "cpu" and wanted:
            return SHARE_OF_TARGET * float(wanted)
    return SHARE_OF_TARGET * _TARGET_WITHOUT_METRICS


def _load(
    service: Json, side: str, source: str, times: float, now: datetime
) -> tuple[SideLoad | None, float | None]:
    selector = _selector(service["metadata"]["name"], side)
    profile = PROFILES.get(source)
    if profile is not None:
        ordinary = ordinary_load(service["spec"].get(f"{side}Worker") or {}) * times
        return of_profile(profile, ordinary, selector, now - _head_start(profile), "utilization"), ordinary
    file = Path(source)
    if not file.suffix:
        raise UsageError(
            f"there is no load profile '{source}'",
            hint=f"choose one of {', '.join(PROFILES)}, or name a file",
        )
    return _from_file(file, side, selector, times, now), None


def _from_file(file: Path, side: str, selector: str, times: float, now: datetime) -> SideLoad | None:
    from sednactl.scaling.load_reading import read_load

    try:
        data = file.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{file}: cannot be read: {error.strerror}") from None
    series = read_load(data, str(file), "utilization").sides.get(side)
    if series is None:
        return None
    if series.unit == "rps":
        raise InvalidInput(
            f"{file}: requests a second are no load by themselves",
            hint="give columns such as edge_millicores or cloud_utilization (percent of one replica's request)",
        )
    points = tuple((at, value * times) for at, value in series.points)
    return SideLoad(selector, now, points, series.unit, joined=series.joined, repeat=False)


def _head_start(profile: LoadProfile) -> timedelta:
    """Give how long ago a profile is taken to have begun, so that nobody waits hours for its first change."""
    first = profile.points[0][1]
    flat = 0.0
    for at, level in profile.points:
        if level != first:
            break
        flat = at
    else:
        return timedelta()
    return max(timedelta(), timedelta(seconds=flat) - _BEFORE_THE_CHANGE)


def _selector(name: str, side: str) -> str:
    prefix = JOINT_INFERENCE.label_prefix
    return f"{prefix}/name={name},{prefix}/worker-type={side}"
