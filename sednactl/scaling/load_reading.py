"""Reads loads: CSV, JSON lines, recordings of ours, answers of Prometheus' range queries."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from math import isfinite
from typing import Any

from sednactl.errors import InvalidInput
from sednactl.moments import seconds_of
from sednactl.scaling.loads import UNITS, Load, Series, Unit
from sednactl.sedna.quantity import milli_units

Json = dict[str, Any]
Samples = dict[tuple[str, Unit], list[tuple[float, float]]]

_TIMES = ("t", "time", "timestamp", "seconds")
_UNITS: dict[str, Unit] = {
    "rps": "rps",
    "requests": "rps",
    "requests_per_second": "rps",
    "millicores": "millicores",
    "utilization": "utilization",
}
_SIDES = ("edge", "cloud")


def read_load(data: bytes, name: str, unit: Unit | None = None, service: str | None = None) -> Load:
    """Read a load, whichever of the forms it has. Raises InvalidInput that names the line.

    `unit` is that of values whose column does not say; `service` is the one to take
    from a recording of several.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInput(f"{name}: not UTF-8", hint="save it as UTF-8") from None
    if not text.lstrip().startswith("{"):
        return _load(name, _csv(text, name, unit))
    whole = _prometheus(text)
    if whole is not None:
        return _load(name, _ranges(whole, name, unit or "rps"))
    lines = list(_json_lines(text, name))
    snapshots = [line for _, line in lines if line.get("kind") == "ScaleSnapshot"]
    if snapshots:
        return _recorded(snapshots, name, service)
    return _load(name, _objects(lines, name, unit))


def _load(name: str, samples: Samples, remarks: tuple[str, ...] = ()) -> Load:
    sides: dict[str, Series] = {}
    begin = min((found[0][0] for found in samples.values() if found), default=0.0)
    end = begin
    for (side, unit), found in samples.items():
        if side in sides:
            raise InvalidInput(f"{name}: two loads for the {side} side", hint="keep one unit a side")
        for earlier, later in pairwise(found):
            if later[0] < earlier[0]:
                raise InvalidInput(
                    f"{name}: time goes back from {earlier[0]:g} to {later[0]:g}", hint="sort it by time"
                )
        if found:
            sides[side] = Series(tuple((at - begin, value) for at, value in found), unit)
            end = max(end, found[-1][0])
    if not sides:
        raise InvalidInput(
            f"{name}: no load in it", hint="give a time and a value a line, e.g. 'time,rps' in CSV"
        )
    return Load(name, sides, end - begin, remarks)


def _column(head: str, unit: Unit | None) -> tuple[str, Unit] | None:
    """Read `rps`, `edge_rps`, `cloud.millicores`, ...; None for a column that is no load."""
    word, side = head.strip().lower().replace(".", "_"), "edge"
    for candidate in _SIDES:
        if word == candidate or word.startswith(f"{candidate}_"):
            side, word = candidate, word[len(candidate) + 1 :]
    if word in _UNITS:
        return side, _UNITS[word]
    return (side, unit) if unit is not None and word in ("", "load", "value") else None


def _csv(text: str, name: str, unit: Unit | None) -> Samples:
    import csv

    rows = [(number, row) for number, row in enumerate(csv.reader(text.splitlines()), 1) if any(row)]
    if not rows:
        raise InvalidInput(f"{name}: empty", hint="give a time and a value a line, e.g. 'time,rps'")
    heads: Sequence[str] = rows[0][1]
    if _is_time(heads[0]):
        heads = ("time", unit or "rps")
    else:
        rows = rows[1:]
    time = next((place for place, head in enumerate(heads) if head.strip().lower() in _TIMES), None)
    places = {place: found for place, head in enumerate(heads) if (found := _column(head, unit))}
    if time is None or not places:
        raise InvalidInput(
            f"{name}:1: no column of times and values in '{','.join(heads)[:80]}'",
            hint=f"call them {' or '.join(_TIMES[:2])} and one of {', '.join(UNITS)}, with edge_ or cloud_ before it",
        )
    samples: Samples = {found: [] for found in places.values()}
    for number, row in rows:
        for place, found in places.items():
            if place < len(row) and row[place].strip() and time < len(row):
                where = f"{name}:{number}"
                samples[found].append((_seconds(row[time], where), _value(row[place], where)))
    return samples


def _json_lines(text: str, name: str) -> Iterator[tuple[int, Json]]:
    # Only a line feed ends a line: U+0085 and U+2028 may stand in what a cluster said.
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            content = json.loads(line)
        except ValueError as error:
            raise InvalidInput(f"{name}:{number}: no JSON ({error})", hint="give one object a line") from None
        if not isinstance(content, dict):
            raise InvalidInput(f"{name}:{number}: no object", hint="give one object a line")
        yield number, content


def _objects(lines: Iterable[tuple[int, Json]], name: str, unit: Unit | None) -> Samples:
    samples: Samples = {}
    for number, line in lines:
        where = f"{name}:{number}"
        time = next((line[key] for key in _TIMES if key in line), None)
        if time is None:
            raise InvalidInput(f"{where}: no time", hint=f"call it {' or '.join(_TIMES[:2])}")
        for key, value in line.items():
            if key not in _TIMES and (found := _column(key, unit)) and value is not None:
                samples.setdefault(found, []).append((_seconds(time, where), _value(value, where)))
    return samples


def _prometheus(text: str) -> Json | None:
    try:
        content = json.loads(text)
    except ValueError:
        return None
    return content if isinstance(content, dict) and isinstance(content.get("data"), dict) else None


def _ranges(content: Json, name: str, unit: Unit) -> Samples:
    """Read a range answer: series of one side are summed; a label whose value is a side's name tells the side."""
    data = content["data"]
    if data.get("resultType") != "matrix" or not isinstance(data.get("result"), list):
        raise InvalidInput(f"{name}: no answer of a range query", hint="ask Prometheus' /api/v1/query_range")
    sums: dict[str, dict[float, float]] = {}
    for series in data["result"]:
        labels = series.get("metric") or {}
        side = next((value for value in labels.values() if value in _SIDES), "edge")
        into = sums.setdefault(side, {})
        for time, value in series.get("values") or ():
            if value not in ("NaN", "+Inf", "-Inf"):
                into[float(time)] = into.get(float(time), 0.0) + _value(value, name)
    return {(side, unit): sorted(values.items()) for side, values in sums.items()}


def _recorded(snapshots: Sequence[Json], name: str, service: str | None) -> Load:
    """Read what was measured while a service was watched: CPU of its ready replicas, in millicores."""
    services = sorted({str(one.get("service", "")) for one in snapshots})
    wanted = [one for one in services if service in (None, one, one.partition("/")[2])]
    if len(wanted) != 1:
        raise InvalidInput(
            f"{name}: it holds {', '.join(services)}",
            hint="name one with --service" if len(services) > 1 else None,
        )
    samples: Samples = {}
    for one in snapshots:
        if one.get("service") != wanted[0]:
            continue
        at = seconds_of(one.get("time"))
        for side, said in (one.get("sides") or {}).items():
            used = _millicores(said)
            if used is not None:
                samples.setdefault((side, "millicores"), []).append((at, used))
    remark = "what replicas at their limit could not do was not measured, so peaks may have been higher"
    return _load(name, samples, (remark,))


def _millicores(side: Mapping[str, Any]) -> float | None:
    for metric in side.get("metrics") or ():
        if metric.get("name") == "cpu" and metric.get("value") is not None and side.get("ready") is not None:
            return float(milli_units(metric["value"]) * int(side["ready"]))
    return None


def _is_time(text: str) -> bool:
    try:
        _seconds(text, "")
    except InvalidInput:
        return False
    return True


def _seconds(value: Any, where: str) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        pass
    try:
        return seconds_of(str(value))
    except InvalidInput as error:
        raise InvalidInput(
            f"{where}: {error.message}", hint="give seconds, or times like 2026-11-24T10:02:11Z"
        ) from None


def _value(value: Any, where: str) -> float:
    try:
        number = float(str(value).strip().removesuffix("%"))
    except ValueError:
        number = float("nan")
    if not isfinite(number) or number < 0:
        raise InvalidInput(f"{where}: '{value}' is no load", hint="give a number from 0 on")
    return number
