"""The parts of a Sedna installation among what a cluster runs: which object each is, and as whom it runs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sednactl.validation.rbac import Account

Json = dict[str, Any]


def part_named(name: str, objects: Iterable[Json]) -> Json | None:
    """Find a part of Sedna (`gm`, `lc`, `kb`) by the label that its manifests give it, else by its name."""
    known = list(objects)
    for one in known:
        if (one["metadata"].get("labels") or {}).get("sedna") == name:
            return one
    return next((one for one in known if one["metadata"].get("name") == name), None)


def account_of(manager: Json) -> Account:
    """Give the service account that a Deployment's pods run as."""
    pod = ((manager.get("spec") or {}).get("template") or {}).get("spec") or {}
    name = str(pod.get("serviceAccountName") or pod.get("serviceAccount") or "default")
    return Account(str(manager["metadata"].get("namespace")), name)
