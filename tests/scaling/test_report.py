"""`scale simulate -o html`, svg, png: one file that needs nothing else, the same every time."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from sednactl.errors import UsageError
from sednactl.render.scale_report import _draw, _thinned, picture_of, report
from sednactl.scaling.comparison import Prices
from sednactl.scaling.simulation import Point, Run
from tests.conftest import RunSednactl
from tests.scaling.services import service
from tests.scaling.terminal import Terminal
from tests.scaling.test_simulation import _run, _side


def test_page(run_sednactl: RunSednactl, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="the extra 'report' is not installed")
    (tmp_path / "helmet.json").write_text(json.dumps(service()))
    arguments = (
        "scale",
        "simulate",
        "-f",
        "helmet.json",
        "--load",
        "spike",
        "--fixed",
        "edge=2,cloud=1",
        "-o",
        "html",
    )
    first, second = (run_sednactl(*arguments) for _ in range(2))
    assert (first.code, first.err) == (0, "")
    assert first.out == second.out
    assert first.out.startswith("<!doctype html>")
    assert first.out.count("<svg") == 2
    assert "<td>fixed edge=2,cloud=1</td>" in first.out
    # Nothing is fetched: the only addresses are the names of XML's vocabularies.
    addresses = set(re.findall(r"https?://[^\"'\s<>)]+", first.out))
    assert all("w3.org" in one or "purl.org" in one or "creativecommons" in one for one in addresses), (
        addresses
    )
    assert not re.search(r"<(script|link|img)\b", first.out)


@pytest.mark.parametrize(("kind", "begins"), [("svg", b"<?xml"), ("png", b"\x89PNG\r\n")])
def test_pictures(kind: str, begins: bytes) -> None:
    pytest.importorskip("matplotlib", reason="the extra 'report' is not installed")
    first, second = (picture_of("helmet under spike", [_scaled(), _scaled()], kind) for _ in range(2))
    assert first.startswith(begins)
    assert first == second
    if kind == "svg":
        assert first.count(b">edge: requests/s<") == 2
        assert b">helmet under spike<" in first


def test_one_picture_holds_so_many_variants() -> None:
    with pytest.raises(UsageError, match="shows 12 variants, not 13"):
        picture_of("x", [_scaled()] * 13, "svg")


def test_a_terminal_is_not_sent_a_png(tmp_path: Path) -> None:
    (tmp_path / "helmet.json").write_text(json.dumps(service()))
    shown = Terminal(tmp_path, "scale", "simulate", "-f", str(tmp_path / "helmet.json"), "-o", "png")
    shown.until(lambda text: "a terminal cannot show a PNG" in text)
    assert shown.end() == 2


class Axis:
    """Remembers what is drawn on it, as matplotlib's axes are called."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, tuple[Any, ...]]] = []
        self.twin: Axis | None = None

    def twinx(self) -> Axis:
        self.twin = Axis()
        return self.twin

    @property
    def yaxis(self) -> Axis:
        return self

    def __getattr__(self, name: str) -> Any:
        def call(*arguments: Any, **more: Any) -> Axis:
            self.calls.append((name, arguments))
            return self

        return call

    def drawn(self, name: str) -> tuple[Any, ...]:
        return next(arguments for called, arguments in self.calls if called == name)


def test_what_is_drawn() -> None:
    run, axis = _scaled(), Axis()
    _draw(axis, "edge", run)
    hours, load = axis.drawn("fill_between")
    assert max(load) == 30
    assert axis.drawn("set_xlim") == (0, 1.0)
    assert axis.twin is not None
    steps = dict(zip(*axis.twin.drawn("step"), strict=True))
    assert set(steps.values()) == {1, 2}
    held, at = axis.twin.drawn("plot")[:2]
    assert held and set(at) == {2} and set(held) <= set(hours)


def test_a_long_run_keeps_what_changed_its_ends_and_its_peaks() -> None:
    def point(place: int) -> Point:
        load = 900.0 if place == 12345 else float(place * 7919 % 500)
        return (15.0 * place, load, 50, 1, 2 if place == 9001 else 1, None)

    series = [point(place) for place in range(20000)]
    thinned = _thinned(series)
    assert (thinned[0], thinned[-1]) == (series[0], series[-1])
    assert {series[9001], series[9002], series[12345]} <= set(thinned)
    assert 500 < len(thinned) < 2000


def _scaled() -> Run:
    """Run an hour that asks for three replicas of a side that may have two."""
    side = _side(most=2)
    run = _run([5.0] * 60 + [30.0] * 60 + [5.0] * 120, side)
    return Run("helmet.json", run, run)


def test_without_matplotlib(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    side = _run([4.0] * 4, _side())
    with pytest.raises(UsageError, match="matplotlib") as raised:
        report("x", (), [Run("x", side, side)], Prices(), ())
    assert "sednactl[report]" in str(raised.value.hint)
