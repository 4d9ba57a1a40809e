"""Logs of several containers as one: by time where they have ended, as they come where they go on."""

from __future__ import annotations

import heapq
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sednactl.errors import ClusterError, InvalidInput, NotFound, Refused, Unreachable
from sednactl.lifecycle.log_sources import LogSource, Silent, Wanted, sources_of
from sednactl.moments import NEVER, seconds_of

if TYPE_CHECKING:
    from sednactl.cluster.client import HttpCluster
    from sednactl.cluster.door import Cluster, Json, Selection

Query = dict[str, str]
_QUEUED = 2048
_LONGEST_PAUSE = 10.0
"""Seconds between two tries to read on, at most."""
_END_OF_TUNNEL = (
    "logs of an edge node come through KubeEdge's tunnel: cloudStream in cloudcore and edgeStream in edgecore "
    "have to be on"
)


@dataclass(frozen=True)
class Line:
    """One line of a log. `time` is the text the node wrote before it, `moment` the same in seconds."""

    source: LogSource
    time: str
    moment: float
    text: str


@dataclass(frozen=True)
class Failure:
    """A source that could not be read (any further)."""

    source: LogSource
    error: ClusterError


Told = Line | Failure | Silent | LogSource
"""What following gives: lines, what cannot be read, what has not started, and a source as it begins."""


def query_of(*, tail: int | None, since_seconds: int | None, since_time: str | None, previous: bool) -> Query:
    """Give the API's query for what the user asked; times are always asked for, as they order the lines."""
    query = {"timestamps": "true"}
    if tail is not None:
        query["tailLines"] = str(tail)
    if since_seconds is not None:
        query["sinceSeconds"] = str(max(1, since_seconds))
    if since_time is not None:
        query["sinceTime"] = since_time
    if previous:
        query["previous"] = "true"
    return query


def read_logs(
    cluster: Cluster, sources: Sequence[LogSource], query: Query, failed: Callable[[Failure], None]
) -> Iterator[Line]:
    """Give the lines of all sources by time. One that cannot be read is told to `failed`; the others go on."""
    return heapq.merge(
        *(_finite(cluster, source, query, failed) for source in sources), key=lambda line: line.moment
    )


def _finite(
    cluster: Cluster, source: LogSource, query: Query, failed: Callable[[Failure], None]
) -> Iterator[Line]:
    try:
        yield from _lines(cluster, source, query)
    except ClusterError as error:
        failed(Failure(source, explained(error)))


def _lines(cluster: Cluster, source: LogSource, query: Query) -> Iterator[Line]:
    last = NEVER
    for raw in cluster.log(source.pod, source.namespace, {**query, "container": source.container}):
        line = line_of(source, raw, last)
        last = line.moment
        yield line


def line_of(source: LogSource, raw: bytes, before: float = NEVER) -> Line:
    """Take a line apart: the time that the node wrote, one blank, the text. A line without a time has that before it."""
    text = raw.decode("utf-8", "replace").removesuffix("\r")
    time, _, rest = text.partition(" ")
    try:
        return Line(source, time, seconds_of(time), rest)
    except InvalidInput:
        return Line(source, "", before, text)


def explained(error: ClusterError) -> ClusterError:
    """Add what is behind the API server's words where it could not reach the node."""
    said = error.message.lower()
    unreached = any(
        word in said
        for word in ("dial tcp", "no route", "tunnel", "eof", "proxy error", "10250", "preferred addresses")
    )
    if isinstance(error, Refused) and error.status >= 500 and unreached:
        error.hint = _END_OF_TUNNEL
    return error


class Following:
    """The logs of a workload's pods as they come, those of pods that appear later included.

    A stream that breaks is read on from its last line; one that ends with its container is done.
    """

    def __init__(
        self, cluster: HttpCluster, pods: Sequence[Selection], belongs: Callable[[Json], bool], wanted: Wanted
    ) -> None:
        self._cluster = cluster
        self._selections = pods
        self._belongs = belongs
        self._wanted = wanted
        self._stop = threading.Event()
        self._told: queue.Queue[Told | BaseException] = queue.Queue(_QUEUED)
        self._lock = threading.Lock()
        self._pods: dict[str, Json] = {}
        self._begun: set[tuple[str, str, int]] = set()
        self._said: set[Silent] = set()
        self._running = 0
        self._synced = False

    def lines(self, query: Query, idle: float = 0.5) -> Iterator[Told | None]:
        """Follow for ever; None comes when nothing was written for `idle` seconds."""
        threading.Thread(target=self._look, args=(query,), name="sednactl-log-pods", daemon=True).start()
        try:
            while True:
                try:
                    told = self._told.get(timeout=idle)
                except queue.Empty:
                    yield None
                    continue
                if isinstance(told, BaseException):
                    raise told
                yield told
        finally:
            self._stop.set()

    @property
    def over(self) -> bool:
        """Tell whether every pod has ended and every stream with it, so that nothing more will come by itself."""
        with self._lock:
            ended = all(
                (pod.get("status") or {}).get("phase") in ("Succeeded", "Failed")
                for pod in self._pods.values()
            )
            return self._synced and self._running == 0 and ended

    def _look(self, query: Query) -> None:
        """Watch the pods, and begin a stream for every container that runs."""
        try:
            for change in self._cluster.watch(self._selections, idle=0.5):
                if self._stop.is_set():
                    return
                if change.type == "synced":
                    self._synced = True
                pod = change.object
                if pod is None or not self._belongs(pod):
                    continue
                uid = str(pod["metadata"].get("uid"))
                with self._lock:
                    if change.type == "deleted":
                        self._pods.pop(uid, None)
                        continue
                    self._pods[uid] = pod
                self._begin(pod, query)
        except BaseException as error:  # noqa: BLE001 - whatever ends the thread is the consumer's to know
            self._put(error)

    def _begin(self, pod: Json, query: Query) -> None:
        sources, silent = sources_of([pod], self._wanted)
        for one in silent:
            if one not in self._said:
                self._said.add(one)
                self._put(one)
        for source in sources:
            key = (source.uid, source.container, source.run)
            if key in self._begun:
                continue
            first = not any(uid == source.uid and name == source.container for uid, name, _ in self._begun)
            self._begun.add(key)
            # What was asked to be left out of the past is no wish about later runs.
            wish = query if first else {"timestamps": "true"}
            with self._lock:
                self._running += 1
            self._put(source)
            threading.Thread(target=self._follow, args=(source, wish), daemon=True).start()

    def _follow(self, source: LogSource, query: Query) -> None:
        try:
            self._read_on(source, query)
        finally:
            with self._lock:
                self._running -= 1

    def _read_on(self, source: LogSource, query: Query) -> None:
        asked, last, seen = {**query, "follow": "true"}, NEVER, ""
        pause, failed, resuming = 0.25, "", False
        while not self._stop.is_set():
            try:
                for line in _lines(self._cluster, source, asked):
                    if self._stop.is_set():
                        return
                    if resuming and (line.moment < last or line.time == seen):
                        continue  # given before the stream broke: the API takes whole seconds only
                    resuming, last, pause, failed = False, line.moment, 0.25, ""
                    seen = line.time or seen
                    self._put(line)
                if not self._runs(source):
                    return
            except NotFound:
                return  # the pod is gone
            except ClusterError as error:
                if not self._runs(source):
                    return
                if error.message != failed:
                    failed = error.message
                    self._put(Failure(source, explained(error)))
                if isinstance(error, Refused) and error.status in (401, 403):
                    return
            if seen:
                asked = {"timestamps": "true", "follow": "true", "sinceTime": seen}
                resuming = True
            if self._stop.wait(pause):
                return
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _runs(self, source: LogSource) -> bool:
        """Tell whether that run of the container may still write."""
        with self._lock:
            pod = self._pods.get(source.uid)
        if pod is None:
            return False
        for field in ("containerStatuses", "initContainerStatuses"):
            for one in (pod.get("status") or {}).get(field) or ():
                if one.get("name") == source.container:
                    return one.get("restartCount", 0) == source.run and "terminated" not in (
                        one.get("state") or {}
                    )
        return True

    def _put(self, told: Told | BaseException) -> None:
        while not self._stop.is_set():
            with suppress(queue.Full):
                self._told.put(told, timeout=0.2)
                return


def worst_of(failures: Sequence[Failure]) -> ClusterError:
    """Give the error to end with where nothing could be read: the one unreachable first, else the first."""
    for failure in failures:
        if isinstance(failure.error, Unreachable):
            return failure.error
    return failures[0].error
