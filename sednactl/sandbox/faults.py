"""The Global Manager's faults by the names that users type."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Sequence
from dataclasses import fields

from sednactl.errors import UsageError
from sednactl.sandbox.controllers.global_manager.faults import Faults

NONE = "none"


def known_faults() -> dict[str, tuple[bool, str]]:
    """Give every fault by its name: whether a sandbox has it unless told otherwise, and what it is."""
    usual = usual_faults()
    words = _descriptions()
    return {
        each.name.replace("_", "-"): (bool(getattr(usual, each.name)), words.get(each.name, ""))
        for each in fields(Faults)
    }


def usual_faults() -> Faults:
    """Give the faults that a sandbox has where none are named: those of 0.7.0, but its role lets it make autoscalers."""
    return Faults(missing_rbac=False)


def fault_names(words: Sequence[str]) -> tuple[str, ...]:
    """Check the names of faults; `none` alone stands for none of them. Raises UsageError for an unknown one."""
    if list(words) == [NONE]:
        return ()
    known = known_faults()
    for word in words:
        if word not in known:
            raise UsageError(f"there is no fault '{word}'", hint=f"there are: {', '.join(known)}, or {NONE}")
    return tuple(dict.fromkeys(words))


def chosen_faults(names: Sequence[str] | None) -> Faults:
    """Give exactly the named faults, the usual ones for None."""
    if names is None:
        return usual_faults()
    wanted = {name.replace("-", "_") for name in names}
    return Faults(**{each.name: each.name in wanted for each in fields(Faults)})


def _descriptions() -> dict[str, str]:
    """Read the line below each field of `Faults`: the words stand in one place."""
    (body,) = ast.parse(inspect.getsource(Faults)).body
    found: dict[str, str] = {}
    last = ""
    for node in getattr(body, "body", ()):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            last = node.target.id
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and last:
            found[last] = " ".join(str(node.value.value).split())
            last = ""
    return found
