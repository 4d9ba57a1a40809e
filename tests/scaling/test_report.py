"""`scale simulate -o html`: one page that needs nothing else, the same every time."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from sednactl.scaling.comparison import Prices
from tests.conftest import RunSednactl
from tests.scaling.services import service


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


def test_without_matplotlib(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from sednactl.errors import UsageError
    from sednactl.render.scale_report import report
    from tests.scaling.test_simulation import _run, _side

    monkeypatch.setitem(sys.modules, "matplotlib", None)
    from sednactl.scaling.simulation import Run

    side = _run([4.0] * 4, _side())
    with pytest.raises(UsageError, match="matplotlib") as raised:
        report("x", (), [Run("x", side, side)], Prices(), ())
    assert "sednactl[report]" in str(raised.value.hint)
