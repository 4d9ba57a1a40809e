"""Simulated variants as one HTML file that needs nothing else, or as one picture, SVG or PNG.

Pictures are drawn by matplotlib, which the extra `sednactl[report]` brings;
nothing in them depends on the time or the machine.
"""

from __future__ import annotations

import html
import io
from collections.abc import Sequence
from typing import Any

from sednactl.errors import UsageError
from sednactl.render.scale_simulated import cells, savings
from sednactl.scaling.comparison import SIDES, Broken, Prices, side_of
from sednactl.scaling.simulation import Point, Run

Json = dict[str, Any]

_STYLE = (
    "body{font:14px/1.4 sans-serif;margin:2em;max-width:70em}table{border-collapse:collapse}"
    "th,td{padding:.2em .8em;text-align:right;border-bottom:1px solid #ddd}"
    "th:first-child,td:first-child,th:nth-child(2),td:nth-child(2){text-align:left}svg{max-width:100%;height:auto}"
    ".broken{color:#b00020}"
)
_LOAD, _REPLICAS, _ASKED = "#8a8f98", "#1f6feb", "#b00020"
_MOST_POINTS = 1500
_MOST_IN_ONE = 12
_SETTINGS = {"svg.hashsalt": "sednactl", "svg.fonttype": "none", "font.family": "sans-serif", "font.size": 9}


def report(
    title: str, about: Sequence[str], runs: Sequence[Run], prices: Prices, broken: Sequence[Broken]
) -> str:
    """Write the whole page. Raises UsageError where matplotlib is not installed."""
    heads, rows = cells(runs, prices)
    parts = [
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{_text(title)}</title>',
        f"<style>{_STYLE}</style></head><body><h1>{_text(title)}</h1>",
        *(f"<p>{_text(line)}</p>" for line in about),
        *(
            f'<p class="broken">{_text(one.variant)}: --{one.figure} {one.most:g}: it was {one.found:g}</p>'
            for one in broken
        ),
        f"<table><tr>{''.join(f'<th>{_text(head)}</th>' for head in heads)}</tr>",
        *(f"<tr>{''.join(f'<td>{_text(cell)}</td>' for cell in row)}</tr>" for row in rows),
        "</table>",
        *(f"<p>{_text(line)}.</p>" for line in savings(runs, prices)),
        *(f"<h2>{_text(run.name)}</h2>{_picture(run)}" for run in runs),
        "</body></html>\n",
    ]
    return "\n".join(parts)


def _text(words: str) -> str:
    return html.escape(words)


def picture_of(title: str, runs: Sequence[Run], kind: str) -> bytes:
    """Draw all variants below each other; `kind` is svg or png.

    Raises UsageError for more variants than one picture shows, and where matplotlib is not installed.
    """
    if len(runs) > _MOST_IN_ONE:
        raise UsageError(
            f"one picture shows {_MOST_IN_ONE} variants, not {len(runs)}",
            hint="-o html draws one for each, -o csv and -o json take any number",
        )
    return _drawn(runs, kind, title)


def _picture(run: Run) -> str:
    drawn = _drawn([run], "svg").decode()
    return drawn[drawn.index("<svg") :]


def _drawn(runs: Sequence[Run], kind: str, title: str = "") -> bytes:
    try:
        from matplotlib import rc_context
        from matplotlib.figure import Figure
    except ImportError as error:
        raise UsageError(
            "pictures need matplotlib", hint="install it with: pip install 'sednactl[report]'"
        ) from error
    with rc_context(_SETTINGS):
        figure = Figure(figsize=(11, 5 * len(runs)), layout="constrained")
        axes = figure.subplots(len(SIDES) * len(runs), 1, sharex=True)
        for place, run in enumerate(runs):
            for axis, side in zip(axes[place * len(SIDES) :], SIDES, strict=False):
                _draw(axis, side, run)
            if title:
                axes[place * len(SIDES)].set_title(run.name, loc="left")
        axes[-1].set_xlabel("hours")
        if title:
            figure.suptitle(title)
        drawn = io.BytesIO()
        about: dict[str, None] = {"Software": None} if kind == "png" else {"Date": None, "Creator": None}
        figure.savefig(drawn, format=kind, metadata=about)
    return drawn.getvalue()


def _draw(axis: Any, side: str, run: Run) -> None:
    series = _thinned(side_of(run, side).series)
    hours = [point[0] / 3600 for point in series]
    axis.fill_between(
        hours, [point[1] for point in series], step="post", color=_LOAD, alpha=0.35, linewidth=0
    )
    axis.set_ylabel(f"{side}: requests/s")
    axis.set_ylim(bottom=0)
    axis.set_xlim(0, side_of(run, side).seconds / 3600)
    replicas = axis.twinx()
    replicas.step(hours, [point[4] for point in series], where="post", color=_REPLICAS, linewidth=1.5)
    held = [place for place, point in enumerate(series) if point[5] == "at max"]
    replicas.plot(
        [hours[place] for place in held],
        [series[place][4] for place in held],
        ".",
        color=_ASKED,
        markersize=2,
    )
    replicas.set_ylabel("replicas (red: at max)")
    replicas.set_ylim(bottom=0, top=max(point[4] for point in series) + 1)
    replicas.yaxis.get_major_locator().set_params(integer=True)


def _thinned(series: Sequence[Point]) -> list[Point]:
    """Leave out points that show nothing new, and of a long run's loads all but the highest of each of many parts."""
    stride = len(series) // _MOST_POINTS + 1
    parts = (range(begin, min(begin + stride, len(series))) for begin in range(0, len(series), stride))
    highest = {max(part, key=lambda place: series[place][1]) for part in parts}
    found: list[Point] = []
    for place, point in enumerate(series):
        last = found[-1] if found else None
        moved = last is None or last[4:] != point[4:] or place == len(series) - 1
        if moved or (place in highest and last is not None and last[1] != point[1]):
            found.append(point)
    return found
