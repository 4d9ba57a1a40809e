"""What a repair would do: steps with their reasons, and what stands in their way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Json = Mapping[str, Any]
Action = Literal["create", "patch", "release", "restart", "recreate"]


@dataclass(frozen=True)
class RepairStep:
    """One step of a repair.

    `action` is `create` (`body` is the manifest), `patch` (`body` is a JSON patch for the object
    of that `kind`, `name` and `uid`), `release` (take a finalizer off), `restart` (let the Global
    Manager begin anew, by a patch of the status) or `recreate` (delete the workload and `also`,
    create it again). `says` is what is done, `reason` why, `interrupts` what stops meanwhile,
    "" for nothing.
    """

    action: Action
    kind: str
    name: str
    says: str
    reason: str
    interrupts: str = ""
    uid: str = ""
    body: Any = None
    also: Sequence[Json] = ()

    def as_json(self) -> dict[str, Any]:
        """Give the machine-readable shape."""
        return {
            "action": self.action,
            "kind": self.kind,
            "name": self.name,
            "says": self.says,
            "reason": self.reason,
            "interrupts": self.interrupts or None,
        }


@dataclass(frozen=True)
class RepairPlan:
    """All that a repair of one workload would do.

    `blocked` are faults that cannot be mended yet and what has to be done first; `notes`
    what is worth knowing. Without steps and blocks there is nothing to repair.
    """

    kind: str
    namespace: str
    name: str
    uid: str
    steps: tuple[RepairStep, ...] = ()
    blocked: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def nothing(self) -> bool:
        """Tell whether there is nothing to repair."""
        return not self.steps and not self.blocked
