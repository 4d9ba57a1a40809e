"""Our SARIF held to the standard's own schema, where SEDNACTL_TEST_SARIF_SCHEMA names a copy of it.

With it set `check_sarif` asks that schema too, in every test about SARIF.
"""

from __future__ import annotations

import copy
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sednactl.cli.main import run
from sednactl.manifests.writing import to_yaml
from sednactl.sedna.resources import NODE
from sednactl.surroundings import Surroundings
from tests.cluster.stub import Answers, StubServer
from tests.validation import test_rules
from tests.validation.learning import INCREMENTAL, LIFELONG, SEARCH
from tests.validation.sarif_shape import check_sarif, official_schema
from tests.validation.test_in_cluster import live
from tests.validation.test_rules import CLOUD, FEDERATED, POD, SERVICE, changed

NAME = "hélmet 帽 #1%.yaml"


@pytest.fixture
def official() -> Any:
    """The standard's schema."""
    schema = official_schema()
    if schema is None:
        pytest.skip("SEDNACTL_TEST_SARIF_SCHEMA names no schema")
    return schema


def everything(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Give the log of a run with all that a log can hold."""
    monkeypatch.chdir(folder)
    crowded = changed(
        SERVICE,
        {
            "metadata.namespace": test_rules.REMOVED,
            "metadata.annotations": {"ignore.sednactl.io/SDN301": "our own é in the image"},
            "spec.edgeWorker.hardExampleMining.name": "Möglich {0} [x](y)",
            f"{CLOUD}.hpa.maxReplicas": 0,
            f"{CLOUD}.{POD}.nodeName": "nowhere",
        },
    )
    Path(NAME).write_text(f"# sednactl: ignore SDN105\n{to_yaml([crowded, SEARCH])}", "utf-8")
    Path("lower").mkdir()
    jobs = to_yaml([INCREMENTAL, LIFELONG, FEDERATED]).replace("02:00", "2:00")
    Path("lower/jobs.yaml").write_text(jobs, "utf-8")
    Path("lower/tab.yaml").write_text("a: 1\n\tb: 2\n", "utf-8")
    Path("binary.yaml").write_bytes(b"\0\1")
    with StubServer(tls=False) as stub:
        stub.put(NODE, {"metadata": {"name": "edge-1"}, "status": {}})
        live(stub, changed(crowded, {f"{CLOUD}.hpa.maxReplicas": 4}))
        stub.fail(Answers(403), path="/secrets", times=9)
        live(stub, changed(INCREMENTAL, {"spec.outputDir": "/elsewhere"}))
        config = stub.kubeconfig(folder / "config")
        out, err = io.StringIO(), io.StringIO()
        around = Surroundings(io.StringIO(), out, err, {"HOME": "/nowhere", "KUBECONFIG": str(config)})
        flags = ("-R", "--cluster", "--ignore", "SDN128=not for me", "--ignore", "SDN127", "-o", "sarif")
        run(["validate", NAME, "lower", "binary.yaml", "nowhere.yaml", *flags], around)
    return json.loads(out.getvalue())


def test_a_log_with_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All kinds of results, and the standard's schema where it is at hand."""
    log = everything(tmp_path, monkeypatch)
    results = check_sarif(log)
    assert {one["level"] for one in results} == {"error", "warning", "note"}
    kinds = {made["kind"] for one in results for made in one["suppressions"]}
    assert kinds == {"inSource", "external"}
    places = [one["locations"][0]["physicalLocation"] for one in results if one.get("locations")]
    assert {place["artifactLocation"]["uri"] for place in places} >= {
        "h%C3%A9lmet%20%E5%B8%BD%20%231%25.yaml",
        "lower/jobs.yaml",
    }
    assert {"SDN124", "SDN125", "SDN705"} <= {one["ruleId"] for one in results}  # of the cluster
    (invocation,) = log["runs"][0]["invocations"]
    assert len(invocation["toolExecutionNotifications"]) == 3


def test_the_schema_would_notice(official: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It passes what we write, and not what is wrong."""
    log = everything(tmp_path, monkeypatch)
    assert list(official.iter_errors(log)) == []
    run_of_log = log["runs"][0]
    spoils: tuple[Callable[[dict[str, Any]], object], ...] = (
        lambda run: run["results"][0].update(level="info"),
        lambda run: run["results"][0].pop("message"),
        lambda run: run["results"][0].update(line=3),
        lambda run: run["results"][-1]["locations"][0]["physicalLocation"]["region"].update(startLine=0),
        lambda run: run.update(columnKind="bytes"),
        lambda run: run["tool"]["driver"].pop("name"),
        lambda run: run["results"][0].update(suppressions=[{"kind": "comment"}]),
    )
    for spoil in spoils:
        spoiled = copy.deepcopy(log)
        spoil(spoiled["runs"][0])
        assert list(official.iter_errors(spoiled)) != []
    assert run_of_log["results"]
