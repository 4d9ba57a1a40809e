"""Variants of a service to be compared: swept settings, and fixed replicas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

from sednactl.errors import UsageError
from sednactl.manifests.autoscaling import autoscaler
from sednactl.scaling.service_plan import Variant

Json = dict[str, Any]
MOST_VARIANTS = 2000
_SIDES = ("edge", "cloud")
_PERCENT = ("cpu", "memory")


def swept(variant: Variant, sweeps: Iterable[str]) -> list[Variant]:
    """Give a variant for each combination of the settings swept, e.g. `cloud.cpu=20..80:10` or `edge.max=3,5`.

    Settings are those of `--cloud-hpa`. Raises UsageError and, for settings that no
    autoscaler can have, InvalidInput.
    """
    axes = [_axis(sweep) for sweep in sweeps]
    total = 1
    for _, values in axes:
        total *= len(values)
    if total > MOST_VARIANTS:
        raise UsageError(f"that is {total} variants", hint=f"at most {MOST_VARIANTS}; take wider steps")
    found = []
    for values in product(*(values for _, values in axes)):
        settings = [(key, value) for (key, _), value in zip(axes, values, strict=True)]
        name = ",".join(f"{key}={value}" for key, value in settings)
        found.append(replace(with_settings(variant, settings), name=name))
    return found


def with_settings(variant: Variant, settings: Iterable[tuple[str, str | int]]) -> Variant:
    """Give the variant with `SIDE.SETTING` values laid over its hpa blocks. Raises InvalidInput."""
    laid: dict[str, Json] = {}
    for key, value in settings:
        side, _, setting = key.partition(".")
        laid.setdefault(side, {})[setting] = value
    hpas = dict(variant.hpas)
    for side, block in laid.items():
        found = autoscaler({**(hpas[side] or {}), **block}, side)
        hpas[side] = {key: value for key, value in found.items() if value or key != "behavior"}
    return replace(variant, hpas=hpas)


def fixed(variant: Variant, text: str) -> Variant:
    """Give the variant without autoscalers at `edge=4,cloud=2` replicas. Raises UsageError."""
    replicas: dict[str, int] = {}
    for part in text.split(","):
        side, _, count = part.partition("=")
        if side not in _SIDES or not count.isdigit() or side in replicas:
            raise UsageError(f"--fixed: '{part}' is not understood", hint="write edge=4,cloud=2")
        replicas[side] = int(count)
    none: Mapping[str, Json | None] = {
        side: None if side in replicas else variant.hpas.get(side) for side in _SIDES
    }
    return replace(variant, name=f"fixed {text}", hpas=none, replicas=replicas)


def _axis(text: str) -> tuple[str, Sequence[str | int]]:
    key, equals, values = text.partition("=")
    side, dot, setting = key.partition(".")
    if not equals or side not in _SIDES or not dot or not setting:
        raise UsageError(
            f"--sweep: '{text}' is not understood", hint="write cloud.cpu=20..80:10 or edge.max=3,5,8"
        )
    percent = setting.split("@")[0] in _PERCENT and "m" not in values.lower()
    found = _range(values, text) if ".." in values else values.split(",")
    shown: list[str | int] = []
    for value in found:
        bare = str(value).removesuffix("%")
        if percent:
            shown.append(f"{bare}%")
        else:
            shown.append(int(bare) if bare.isdigit() else str(value))
    return key, shown


def _range(values: str, text: str) -> list[str]:
    first, _, rest = values.partition("..")
    last, _, step = rest.partition(":")
    numbers = [part.removesuffix("%") for part in (first, last, step or "1")]
    if not all(number.isdigit() for number in numbers) or int(numbers[2]) == 0:
        raise UsageError(f"--sweep: '{text}' is no range", hint="write FIRST..LAST:STEP, e.g. 20..80:10")
    begin, end, by = map(int, numbers)
    if end < begin:
        raise UsageError(f"--sweep: {end} comes before {begin}", hint="write the smaller number first")
    return [str(number) for number in range(begin, end + 1, by)]
