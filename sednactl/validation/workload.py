"""One manifest as rules see it: its sides, metrics, pods, containers and the names in it.

A manifest may be wrong in every way; what is not of the expected type is not there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from sednactl.validation.rules.referring import names_in
from sednactl.validation.shape import listed, mapping, maps, text
from sednactl.validation.sides import BLOCKS, Metric, Side
from sednactl.validation.target import Target

if TYPE_CHECKING:
    from sednactl.validation.finding import Path


_WORKERS: Final[tuple[tuple[str, str, Path], ...]] = (
    ("edge", "edgeWorker", ("spec", "edgeWorker")),
    ("cloud", "cloudWorker", ("spec", "cloudWorker")),
)
_LATEST_TARGET: Final = Target()


class Workload:
    """One manifest as rules see it. One that `fits` its schema has pods only where that has them."""

    __slots__ = (
        "_containers",
        "_fits",
        "_metrics",
        "_names",
        "_pods",
        "_scaled",
        "_sides",
        "content",
        "kind",
        "metadata",
        "name",
        "namespace",
        "spec",
        "target",
    )

    def __init__(
        self, kind: str, content: dict[str, Any], target: Target = _LATEST_TARGET, *, fits: bool = False
    ) -> None:
        self.kind = kind
        self.content = content
        self.target = target
        self.metadata = mapping(content, "metadata")
        self.spec = mapping(content, "spec")
        self.name = text(self.metadata, "name")
        self.namespace = text(self.metadata, "namespace")
        self._fits = fits
        # Each is found once, and asked for by many rules.
        self._pods: tuple[tuple[Path, dict[str, Any]], ...] | None = None
        self._names: Sequence[tuple[str, Path, str]] | None = None
        self._containers: tuple[tuple[Path, str, dict[str, Any]], ...] | None = None
        self._sides: tuple[Side, ...] | None = None
        self._scaled: tuple[tuple[Side, dict[str, Any]], ...] | None = None
        self._metrics: tuple[Metric, ...] | None = None

    def sides(self) -> tuple[Side, ...]:
        """Give the workers of a JointInferenceService, edge first."""
        if self._sides is None:
            self._sides = tuple(_sides(self.spec)) if self.kind == "JointInferenceService" else ()
        return self._sides

    def scaled_sides(self) -> tuple[tuple[Side, dict[str, Any]], ...]:
        """Give the sides that have an hpa, and it."""
        if self._scaled is None:
            self._scaled = tuple(
                [
                    (side, side.worker["hpa"])
                    for side in self.sides()
                    if isinstance(side.worker.get("hpa"), dict)
                ]
            )
        return self._scaled

    def metrics(self) -> tuple[Metric, ...]:
        """Give every metric of every scaled side."""
        if self._metrics is None:
            self._metrics = tuple(
                [
                    _metric(side, index, spec)
                    for side, hpa in self.scaled_sides()
                    for index, spec in maps(hpa, "metrics")
                ]
            )
        return self._metrics

    def names(self) -> Sequence[tuple[str, Path, str]]:
        """Give every name that it refers to something by: the kind that is meant, the place, the name."""
        if self._names is None:
            self._names = names_in(self.kind, self.spec)
        return self._names

    def pods(self) -> tuple[tuple[Path, dict[str, Any]], ...]:
        """Give the spec of every pod template with its place, whatever the kind."""
        if self._pods is None:
            found: list[tuple[Path, dict[str, Any]]] = []
            if self._fits:
                found += _pods_where_they_belong(self.spec)
            else:
                _add_pods(self.spec, ("spec",), found)
            self._pods = tuple(found)
        return self._pods

    def containers(self) -> tuple[tuple[Path, str, dict[str, Any]], ...]:
        """Give every container of every pod: its place, the list that it stands in, and it."""
        if self._containers is None:
            self._containers = tuple(
                [
                    ((*path, group, index), group, container)
                    for path, pod in self.pods()
                    for group in ("initContainers", "containers")
                    if group in pod
                    for index, container in enumerate(listed(pod, group))
                    if type(container) is dict
                ]
            )
        return self._containers

    def parts(self) -> list[dict[str, Any]]:
        """Give the maps whose fields rules are about: the spec and those in it, pods, containers, hpas."""
        found = [self.spec]
        found += [part for part in self.spec.values() if type(part) is dict]
        found += [pod for _, pod in self.pods()]
        found += [container for _, _, container in self.containers()]
        found += [hpa for _, hpa in self.scaled_sides()]
        return found


def _sides(spec: dict[str, Any]) -> list[Side]:
    found = []
    for name, key, path in _WORKERS:
        worker = spec.get(key)
        if worker and type(worker) is dict:
            found.append(Side(name, path, worker, mapping(mapping(worker, "template"), "spec")))
    return found


def _metric(side: Side, index: int, spec: dict[str, Any]) -> Metric:
    kind = text(spec, "type")
    block = mapping(spec, BLOCKS[kind]) if kind in BLOCKS else {}
    return Metric(side, (*side.path, "hpa", "metrics", index), spec, kind, block)


def _add_pods(value: Any, path: Path, found: list[tuple[Path, dict[str, Any]]]) -> None:
    for key, item in value.items() if type(value) is dict else enumerate(value):
        if type(item) is dict:
            if key == "template":
                found.append(((*path, key, "spec"), mapping(item, "spec")))
            elif item:
                _add_pods(item, (*path, key), found)
        elif type(item) is list:
            _add_pods(item, (*path, key), found)


def _pods_where_they_belong(spec: dict[str, Any]) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Give what `_add_pods` finds in a spec that fits its schema: in it, in a map of it, or in a list's maps."""
    for key, part in spec.items():
        if type(part) is dict:
            if key == "template":
                yield ("spec", key, "spec"), mapping(part, "spec")
            elif type(part.get("template")) is dict:
                yield ("spec", key, "template", "spec"), mapping(part["template"], "spec")
        elif type(part) is list:
            for index, item in maps(spec, key):
                if type(item.get("template")) is dict:
                    yield ("spec", key, index, "template", "spec"), mapping(item["template"], "spec")
