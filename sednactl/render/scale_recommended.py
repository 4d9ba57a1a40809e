"""A recommendation for a person, for a program, and as values ready for create -f."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sednactl.render.fitting import broken, fitted
from sednactl.scaling.comparison import Prices
from sednactl.scaling.recommendation import Candidate, Recommended

Json = dict[str, Any]


def values(sides: Sequence[Recommended]) -> Json:
    """Give the hpa blocks as values; a side that nothing helps gives what comes closest."""
    return {one.side: {"hpa": _typed((one.best or one.nearest).settings)} for one in reversed(sides)}


def _typed(settings: Mapping[str, str | int]) -> Json:
    return dict(settings)


def document(sides: Sequence[Recommended], prices: Prices, about: Json) -> Json:
    """Give the machine-readable shape."""

    def shown(side: str, one: Candidate | None) -> Json | None:
        return None if one is None else one.as_json(side, prices)

    return {
        "apiVersion": "sednactl.io/v1",
        "kind": "ScaleRecommendation",
        **about,
        "sides": {
            one.side: {
                "best": shown(one.side, one.best),
                "second": shown(one.side, one.second),
                "cheaper": shown(one.side, one.cheaper),
                "nearest": shown(one.side, one.nearest),
                "present": shown(one.side, one.present),
                "tried": one.tried,
            }
            for one in sides
        },
    }


def text(sides: Sequence[Recommended], prices: Prices, room: int | None = None) -> str:
    """Write each side's answer with its runner-up, what is cheaper and does not do, and what there is now."""
    heads = [
        "SIDE",
        "",
        "HPA",
        "REPLICA-HOURS",
        "PEAK",
        "OVERLOADED",
        "UNMET",
        "LONGEST WAIT",
        "EVENTS",
        "FLAPS",
    ]
    if prices.given:
        heads.append("COST")
    rows = []
    for one in sides:
        for words, candidate in (
            ("recommended", one.best),
            ("runner-up", one.second),
            ("cheaper, fails", one.cheaper),
            ("closest, fails", None if one.best else one.nearest),
            ("present", one.present),
        ):
            if candidate is not None:
                rows.append(_row(one.side, words, candidate, prices))
    table = fitted(heads, rows, room, spare=("LONGEST WAIT", "EVENTS", "OVERLOADED", "PEAK", "FLAPS"))
    why = "".join(_why(one) for one in sides).splitlines()
    return table + "\n" + "".join(f"{part}\n" for line in why for part in broken(line, room, "  "))


def _row(side: str, words: str, one: Candidate, prices: Prices) -> list[str]:
    run = one.run
    row = [
        side,
        words,
        ",".join(f"{key}={value}" for key, value in one.settings.items()) or "as it is",
        f"{one.hours:.1f}",
        str(run.peak),
        f"{run.overload_seconds / max(run.seconds, 1):.2%}",
        f"{run.unmet / run.requests if run.requests else 0:.2%}",
        f"{run.longest_wait:.1f}s",
        str(run.scale_events),
        str(run.flaps),
    ]
    return [*row, f"{prices.of(side, run.replica_seconds):.2f}"] if prices.given else row


def _why(one: Recommended) -> str:
    if one.best is None:
        return f"{one.side}: none of {one.tried} keeps the goal; the closest fails it: {_all(one.nearest.broken)}.\n"
    words = f"{one.side}: the cheapest of {one.tried} that keeps the goal"
    if one.cheaper is not None:
        words += f"; the next cheaper one fails it: {_all(one.cheaper.broken)}"
    if one.second is not None:
        words += f"; the runner-up takes {one.second.hours - one.best.hours:.1f} replica-hours more"
    if one.present.broken:
        words += f"; the present one fails it: {_all(one.present.broken)}"
    return f"{words}.\n"


def _all(broken: Sequence[str]) -> str:
    return ", and ".join(broken)
