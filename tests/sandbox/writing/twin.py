"""One small write handler made of the pure functions, and the same writes sent to a real kube-apiserver.

It adds what the API's other half does: names, the parts of an object that a
subresource may write, and what kinds are born with. No store, no HTTP.
"""

from __future__ import annotations

import copy
import json
import re
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from sednactl.sandbox.api.refusal import Refusal
from sednactl.sandbox.api.writing import (
    Structure,
    admit,
    apply_patch,
    server_side_apply,
    track_update,
    validate_create,
    validate_update,
    with_defaults,
)
from sednactl.sandbox.api.writing.patching import refused_patch
from tests.live.plane.api import Json

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
BORN_WITH: dict[str, Json] = {"Pod": {"phase": "Pending"}, "Namespace": {"phase": "Active"}}
METADATA_BY_STATUS = ("Pod", "Node", "Namespace", "Service")
"""Kinds of which a write to the status may change labels and annotations, too."""


@dataclass(frozen=True)
class Outcome:
    """What a write came to: the status code and the object, or the Status without its times."""

    code: int
    body: Json
    warnings: tuple[str, ...] = ()


class Twin:
    """One object and what is written to it."""

    def __init__(self, structure: Structure) -> None:
        self.structure = structure
        self.live: Json | None = None

    def write(
        self,
        how: str,
        body: Any,
        *,
        manager: str = "tester",
        force: bool = False,
        subresource: str = "",
        validation: Any = "Strict",
    ) -> Outcome:
        """Do one write; `how` is create, update, json, merge, strategic or apply."""
        try:
            new, warnings = self._written(how, body, manager, force, subresource, validation)
        except Refusal as refusal:
            return Outcome(refusal.status, refusal.as_json())
        code = 201 if self.live is None else 200
        self.live = new
        return Outcome(code, copy.deepcopy(new), warnings)

    def _written(
        self, how: str, body: Any, manager: str, force: bool, subresource: str, validation: Any
    ) -> tuple[Json, tuple[str, ...]]:
        structure, live = self.structure, self.live
        warnings: tuple[str, ...] = ()
        if how == "apply":
            new = server_side_apply(
                live,
                body,
                manager=manager,
                force=force,
                structure=structure,
                now=NOW,
                subresource=subresource,
            )
        elif how in ("create", "update"):
            admitted = admit(body, structure, validation, raw=json.dumps(body).encode())
            new, warnings = with_defaults(admitted.object, structure), admitted.warnings
        else:
            assert live is not None
            patched = apply_patch(live, body, f"application/{how}", structure)
            try:
                admitted = admit(patched, structure, validation)
            except Refusal as refusal:
                raise refused_patch(refusal, body, patched, f"application/{how}", structure) from None
            new, warnings = with_defaults(admitted.object, structure), admitted.warnings
        if how == "update" and live is not None:
            new["metadata"] = {
                **{k: live["metadata"][k] for k in ("uid",) if k in live["metadata"]},
                **new["metadata"],
            }
        if how != "apply":
            new = track_update(
                live, new, manager=manager, structure=structure, now=NOW, subresource=subresource
            )
        new = self._parts(live, new, subresource)
        if live is None:
            validate_create(new, structure)
        else:
            validate_update(live, new, structure, subresource=subresource)
        return new, warnings

    def _parts(self, live: Json | None, new: Json, subresource: str) -> Json:
        """Take from the live object, or from what kinds are born with, what this write may not change."""
        structure = self.structure
        if "status" not in structure.reset:
            return new
        rest = {key: item for key, item in new.items() if key != "status"}
        if live is None:
            if not structure.builtin:
                return rest
            rest["status"] = dict(BORN_WITH.get(structure.kind, {}))
            if structure.kind == "Namespace":
                rest["spec"] = {"finalizers": ["kubernetes"]}
            return with_defaults(rest, structure)
        if subresource != "status":
            return {**rest, "status": live["status"]} if "status" in live else rest
        metadata = dict(new["metadata"])
        if structure.kind not in METADATA_BY_STATUS:
            metadata = {**live["metadata"]}
            metadata.pop("managedFields", None)
            if "managedFields" in new["metadata"]:
                metadata["managedFields"] = new["metadata"]["managedFields"]
        result = {key: item for key, item in live.items() if key != "status"}
        return {**result, "metadata": metadata, **({"status": new["status"]} if "status" in new else {})}


VOLATILE = ("uid", "resourceVersion", "creationTimestamp", "generation", "selfLink")
_ALLOCATED = ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "qosClass")


def _tail_only(message: str) -> str:
    """Give a message without the objects it shows and the addresses in it: no two servers have the same."""
    message = re.sub(r'Invalid value: "\{.*\}": ', "", message)
    message = re.sub(r"(not change fields other than .*?)\n.*", r"\1", message, flags=re.DOTALL)
    return re.sub(r"0xc[0-9a-f]+", "0xc0", message)


def comparable(body: Json) -> Json:
    """Give an object or a Status without what two servers never share."""
    body = copy.deepcopy(body)
    if body.get("kind") == "Status":
        body.pop("metadata", None)
        details = body.get("details", {})
        if "causes" in details:
            for cause in details["causes"]:
                cause["message"] = _tail_only(cause["message"])
            details["causes"] = sorted(details["causes"], key=lambda cause: json.dumps(cause, sort_keys=True))
            if len(details["causes"]) > 1:
                body["message"] = body["message"].partition(" is invalid: ")[0]  # the order is free
        body["message"] = _tail_only(body["message"])
        return body
    metadata = body.get("metadata") or {}
    for key in VOLATILE:
        metadata.pop(key, None)
    for entry in metadata.get("managedFields", ()):
        entry.pop("time", None)
    metadata["managedFields"] = sorted(
        metadata.get("managedFields", ()),
        key=lambda entry: (entry["operation"], entry["manager"], entry.get("subresource", "")),
    )
    for part in ("spec", "status"):
        for key in _ALLOCATED:
            if isinstance(body.get(part), dict):
                body[part].pop(key, None)
    return body
