"""`--model`, `--price` and shares: what a simulation is told of a service."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sednactl.cli.options import seconds
from sednactl.errors import UsageError
from sednactl.scaling.comparison import Prices
from sednactl.scaling.service_plan import Assumptions

_MEANINGS = ("requests", "waiting")


def assumptions(model: Iterable[str], metrics: Iterable[str]) -> Assumptions:
    """Read the flags' values. Raises UsageError."""
    found = Assumptions()
    for part in (one for text in model for one in text.split(",") if one):
        key, equals, value = part.partition("=")
        if not equals:
            raise UsageError(f"--model: '{part}' has no value", hint="write e.g. edge.capacity=12")
        found = _with(found, key, value)
    return replace(found, metrics=_meanings(metrics))


def _with(found: Assumptions, key: str, value: str) -> Assumptions:
    if key == "hard":
        return replace(found, hard_share=share(value, "--model: hard"))
    if key == "patience":
        return replace(found, patience=seconds(value))
    if key == "reading-window":
        return replace(found, reading_window=seconds(value))
    side, dot, name = key.partition(".")
    if not dot or side not in ("edge", "cloud"):
        raise _unknown(key)
    changed: dict[str, Any] = {name: _side_value(name, key, value)}
    if side == "edge":
        return replace(found, edge=replace(found.edge, **changed))
    return replace(found, cloud=replace(found.cloud, **changed))


def _side_value(name: str, key: str, value: str) -> float | int:
    if name == "capacity":
        return number(value, f"--model: {key}", least=1e-6)
    if name == "startup":
        return seconds(value)
    if name in ("request", "full"):
        from sednactl.sedna.quantity import is_quantity, milli_units

        if not is_quantity(value) or milli_units(value) <= 0:
            raise UsageError(f"--model: {key} '{value}' is no amount of CPU", hint="write 500m or 2")
        return milli_units(value)
    if name == "replicas":
        return int(number(value, f"--model: {key}", least=0))
    raise _unknown(key)


def _unknown(key: str) -> UsageError:
    return UsageError(
        f"--model: '{key}' is unknown",
        hint="known are hard, patience, reading-window and edge. or cloud. capacity, startup, request, full, replicas",
    )


def _meanings(metrics: Iterable[str]) -> dict[str, str]:
    found = {}
    for text in metrics:
        name, _, meaning = text.rpartition("=")
        if not name or meaning not in _MEANINGS:
            raise UsageError(
                f"--metric: '{text}' is not understood", hint=f"write NAME={' or NAME='.join(_MEANINGS)}"
            )
        found[name] = meaning
    return found


def prices(text: str | None) -> Prices:
    """Read `edge=0.05,cloud=0.2`, or one number for both sides. Raises UsageError."""
    if text is None:
        return Prices()
    if "=" not in text:
        both = number(text, "--price", least=0)
        return Prices(both, both)
    found: dict[str, float] = {}
    for part in text.split(","):
        side, _, value = part.partition("=")
        if side not in ("edge", "cloud"):
            raise UsageError(f"--price: '{part}' is not understood", hint="write edge=0.05,cloud=0.2")
        found[side] = number(value, f"--price: {side}", least=0)
    return Prices(**found)


def number(text: str, where: str, *, least: float) -> float:
    """Read a number that is at least `least`. Raises UsageError."""
    try:
        found = float(text)
    except ValueError:
        found = float("nan")
    if not least <= found < float("inf"):
        raise UsageError(f"{where}: '{text}' is no number from {least:g} on", hint="write it like 10 or 0.5")
    return found


def share(text: str, where: str) -> float:
    """Read a share, `1%` or `0.01`. Raises UsageError."""
    percent = text.endswith("%")
    found = number(text.removesuffix("%"), where, least=0) / (100 if percent else 1)
    if found > 1:
        raise UsageError(f"{where}: '{text}' is more than all", hint="write a share like 1% or 0.01")
    return found
