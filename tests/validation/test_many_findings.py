"""However much is wrong, time and memory stay bounded, and the counts stay true."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sednactl.errors import InvalidInput
from sednactl.manifests import scalars, yaml_text
from sednactl.manifests.limits import MOST_FINDINGS
from sednactl.manifests.reading import read_documents
from sednactl.validation import structure
from sednactl.validation.check import check_documents, require_valid
from tests.conftest import RunSednactl

MODEL = (
    "apiVersion: sedna.io/v1alpha1\nkind: Model\nmetadata: {{name: a}}\nspec:\n  url: /a\n  format: pb\n{}"
)
KNOWN = "known here: url, format, device_soc_versions, credentialName"
FIELDS = MODEL.format("".join(f"  urk{index}: 1\n" for index in range(3000)))


def counted(calls: Counter[str], name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def counting(*arguments: Any) -> Any:
        calls[name] += 1
        return function(*arguments)

    return counting


def test_each_field_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guesses are searches, and finding a place among many keys is one: neither may be done for each of them."""
    calls = Counter[str]()
    monkeypatch.setattr(structure, "hint_for_unknown", counted(calls, "guesses", structure.hint_for_unknown))
    monkeypatch.setattr(yaml_text, "plain", counted(calls, "keys", scalars.plain))
    findings = check_documents(read_documents(FIELDS.encode(), "x"))
    assert [finding.line for finding in findings] == list(range(7, 3007))
    assert [finding.hint for finding in findings if finding.hint] == [KNOWN] * 100
    assert calls["guesses"] == 100
    assert calls["keys"] < 5 * 3000


def test_findings_beyond_the_bound_are_counted(run_sednactl: RunSednactl, tmp_path: Path) -> None:
    (tmp_path / "many.yaml").write_text(
        MODEL.format("".join(f"  k{index}: 1\n" for index in range(MOST_FINDINGS + 5)))
    )
    run = run_sednactl("validate", "many.yaml", "-o", "json")
    report = json.loads(run.out)
    assert (run.code, report["summary"]["errors"]) == (1, MOST_FINDINGS + 5)
    assert (len(report["findings"]), report["summary"]["leftOut"]) == (MOST_FINDINGS, 5)
    run = run_sednactl("validate", "many.yaml")
    assert run.code == 1
    assert run.err == f"1 file, 1 document: {MOST_FINDINGS + 5} errors, 5 of them not shown\n"


def test_no_flood_of_warnings_hides_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sednactl.validation.check.MOST_FINDINGS", 3)
    text = (MODEL.format("") + "---\n") * 6 + MODEL.format("  urk: 1\n").replace("name: a", "name: b")
    findings = check_documents(read_documents(text.encode(), "x"))
    assert [finding.rule for finding in findings] == ["SDN103"] * 3 + ["SDN003"]


def test_a_refusal_names_the_first_errors_and_how_many_more() -> None:
    with pytest.raises(InvalidInput) as caught:
        require_valid(read_documents(FIELDS.encode(), "x"))
    assert caught.value.message == "x: the manifest has 3000 errors"
    assert len(caught.value.detail) == 51
    assert caught.value.detail[-1] == "… and 2950 more; sednactl validate shows them"


def test_infos_show_when_asked_for_and_always_in_json(run_sednactl: RunSednactl, tmp_path: Path) -> None:
    (tmp_path / "model.yaml").write_text(MODEL.format("  credentialName: key\n"))
    run = run_sednactl("validate", "model.yaml")
    assert (run.code, run.out) == (0, "")
    assert run.err == "1 file, 1 document: 1 info (-v shows them)\n"
    run = run_sednactl("validate", "model.yaml", "-v")
    assert "[SDN122]" in run.out
    assert run.err == "1 file, 1 document: 1 info\n"
    report = json.loads(run_sednactl("validate", "model.yaml", "-o", "json").out)
    assert [finding["rule"] for finding in report["findings"]] == ["SDN122"]


def test_a_field_of_a_million_letters_and_one_line_of_megabytes(
    run_sednactl: RunSednactl, tmp_path: Path
) -> None:
    broken = json.dumps({"apiVersion": "sedna.io/v1alpha1", "kind": "Model", "metadata": {"x" * 10**6: 1}})
    (tmp_path / "long.json").write_text(broken * 3)
    run = run_sednactl("validate", "long.json")
    assert run.code == 1
    assert max(map(len, run.out.splitlines())) < 1000
