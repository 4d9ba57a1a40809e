"""Whatever goes wrong while a workload is replaced: an orderly end, and what was deleted is on disk until it is back."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sednactl.lifecycle.replacement_record import file_stamp
from sednactl.sedna.kinds import REID
from sednactl.sedna.resources import POD
from tests.cluster.stub import Answers, StubServer
from tests.cluster.weather import Weather
from tests.lifecycle.conftest import collect_garbage, fill
from tests.lifecycle.objects import pod, workload
from tests.lifecycle.test_replacement import Shell, template

ALLOWED = {0, 4, 5, 6, 7}


UNSERVED = Answers(404, "no such path", content_type="text/plain")


@pytest.mark.parametrize("seed", range(12))
def test_any_faults(stub: StubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    job = {**workload(REID), "spec": template(1)}
    stub.put(REID.resource, job)
    fill(stub, {**pod("helmet-reid-1", "reid", owner=job, prefix="reidjob"), **template(1)["template"]})
    shell = Shell(stub, tmp_path, monkeypatch)
    shell.before_request = lambda _: collect_garbage(stub)
    _let_time_pass(monkeypatch)
    weather = Weather(stub, seed, others=(UNSERVED,))

    for version in range(2, 6):
        with weather.bad():
            done = shell(REID, template(version), "--replace", "--timeout", "20s")
        assert done.code in ALLOWED, done.err
        live, under_way = shell.live(), shell.records().get("")
        if done.code == 0:
            assert live is not None and live["spec"] == template(version)
        if live is None:
            assert under_way is not None and under_way["old"]["spec"] and under_way["phase"] != "done"
    done = shell(REID, template(9), "--replace")
    assert done.code == 0, done.err
    assert (shell.live() or {})["spec"] == template(9)
    assert "" not in shell.records()
    assert stub.objects(POD) == []


def _let_time_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """No two folders are set aside in the same microsecond, as they would be on the shell's clock."""
    passed = iter(range(1, 1000))

    def stamp(now: datetime) -> str:
        return file_stamp(now + timedelta(microseconds=next(passed)))

    monkeypatch.setattr("sednactl.lifecycle.replacement.file_stamp", stamp)
