"""Which containers of a workload have something to say: a source for each, and a word on those that have none yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sednactl.lifecycle.ownership import worker_of

Json = dict[str, Any]


@dataclass(frozen=True)
class LogSource:
    """One container of one pod. `run` counts its restarts, so that a new run is a new source."""

    pod: str
    uid: str
    namespace: str
    container: str
    worker: str
    node: str
    run: int
    alone: bool
    """Whether it is the only container of its pod that is read."""

    @property
    def short(self) -> str:
        """Give a name for the beginning of a line: the side and the pod's own suffix, e.g. `cloud/x7k2p`."""
        suffix = self.pod.rpartition("-")[2] or self.pod
        name = f"{self.worker}/{suffix}" if self.worker else self.pod
        return name if self.alone else f"{name}/{self.container}"


@dataclass(frozen=True)
class Silent:
    """A container that has no log to read, and why."""

    pod: str
    container: str
    reason: str


@dataclass(frozen=True)
class Wanted:
    """What the user asked for: a side, a container by name, the run before the present one."""

    side: str | None = None
    container: str | None = None
    previous: bool = False


def sources_of(pods: Iterable[Json], wanted: Wanted) -> tuple[tuple[LogSource, ...], tuple[Silent, ...]]:
    """Give what can be read, by side, pod and container, and what cannot.

    Without a name these are a pod's main containers; where they wait for init containers, those
    are read too, as they are what holds the pod up.
    """
    sources: list[LogSource] = []
    silent: list[Silent] = []
    for pod in sorted(pods, key=lambda one: (worker_of(one), str(one["metadata"]["name"]))):
        if wanted.side is not None and worker_of(pod) != wanted.side:
            continue
        names = _containers(pod, wanted.container)
        states = _states(pod)
        for name in names:
            reason = _why_silent(states.get(name), previous=wanted.previous)
            if reason is not None:
                silent.append(Silent(str(pod["metadata"]["name"]), name, reason))
                continue
            sources.append(_source(pod, name, states.get(name) or {}, alone=len(names) == 1))
    return tuple(sources), tuple(silent)


def sides_of(pods: Iterable[Json]) -> tuple[str, ...]:
    """Give the sides (worker types) that the pods are of."""
    return tuple(sorted({worker_of(pod) for pod in pods} - {""}))


def container_names(pods: Iterable[Json]) -> tuple[str, ...]:
    """Give the names of all containers of these pods, init containers last."""
    names: dict[str, None] = {}
    listed = list(pods)
    for field in ("containers", "initContainers"):
        for pod in listed:
            names.update(dict.fromkeys(_names(pod, field)))
    return tuple(names)


def _source(pod: Json, container: str, state: Json, *, alone: bool) -> LogSource:
    meta, spec = pod["metadata"], pod.get("spec") or {}
    restarts = state.get("restartCount")
    return LogSource(
        str(meta["name"]),
        str(meta.get("uid") or ""),
        str(meta.get("namespace") or ""),
        container,
        worker_of(pod),
        str(spec.get("nodeName") or ""),
        restarts if isinstance(restarts, int) else 0,
        alone,
    )


def _containers(pod: Json, wanted: str | None) -> list[str]:
    main, initial = _names(pod, "containers"), _names(pod, "initContainers")
    if wanted is not None:
        return [name for name in (*main, *initial) if name == wanted]
    states = _states(pod)
    waiting = [name for name in initial if "terminated" not in ((states.get(name) or {}).get("state") or {})]
    started = [name for name in initial if (states.get(name) or {}).get("state")]
    return [*(started if waiting else ()), *main]


def _names(pod: Json, field: str) -> list[str]:
    containers = (pod.get("spec") or {}).get(field)
    listed = containers if isinstance(containers, list) else []
    return [str(one["name"]) for one in listed if isinstance(one, dict) and one.get("name")]


def _states(pod: Json) -> dict[str, Json]:
    status = pod.get("status") or {}
    found: dict[str, Json] = {}
    for field in ("initContainerStatuses", "containerStatuses"):
        for one in status.get(field) or ():
            if isinstance(one, dict):
                found[str(one.get("name"))] = one
    return found


def _why_silent(state: Json | None, *, previous: bool) -> str | None:
    """Say why there is nothing to read; None where there may be."""
    if previous:
        last = (state or {}).get("lastState") or {}
        return None if last.get("terminated") else "was not restarted, so there is no run before this one"
    if state is None:
        return "has not started: its pod has no status yet"
    now = state.get("state") or {}
    waiting = now.get("waiting")
    if waiting is None or (state.get("lastState") or {}).get("terminated"):
        return None
    reason = str((waiting or {}).get("reason") or "waiting")
    message = str((waiting or {}).get("message") or "")
    return f"has not started: {reason}" + (f" ({message})" if message else "")
