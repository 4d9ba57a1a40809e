"""What the API server warns of in pods and pod templates although it takes them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sednactl.sandbox.api.kinds import Kind, Shelf

Json = dict[str, Any]
_TEMPLATES: dict[Shelf, tuple[str, ...]] = {
    ("", "pods"): ("spec",),
    ("apps", "deployments"): ("spec", "template", "spec"),
    ("apps", "replicasets"): ("spec", "template", "spec"),
}


def pod_warnings(kind: Kind, content: Json) -> tuple[str, ...]:
    """Give the warnings that a new or changed object earns: variables that an earlier one of their name hides."""
    path = _TEMPLATES.get(kind.shelf)
    if path is None:
        return ()
    pod: Any = content
    for key in path:
        pod = pod.get(key) if isinstance(pod, dict) else None
    return tuple(_hidden(pod or {}, ".".join(path)))


def _hidden(pod: Json, place: str) -> Iterator[str]:
    for field in ("initContainers", "containers"):
        for number, container in enumerate(pod.get(field) or ()):
            seen: set[str] = set()
            for index, variable in enumerate(container.get("env") or ()):
                name, value = variable.get("name", ""), variable.get("value") or ""
                before = f"$({name})"
                builds_on_it = before in value and value != before and "valueFrom" not in variable
                if name in seen and not builds_on_it:
                    yield (
                        f"{place}.{field}[{number}].env[{index}]: hides previous definition of "
                        f'"{name}", which may be dropped when using apply'
                    )
                seen.add(name)
