"""Findings that somebody decided to live with: where that may be said, what it covers, and that the reason is kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sednactl.errors import InvalidInput
from sednactl.manifests.reading import read_documents
from sednactl.validation.check import Checker, require_valid
from sednactl.validation.ignoring import (
    MOST_REMARKS,
    Ignoring,
    from_command_line,
    from_project_file,
    remarks_in,
)
from sednactl.validation.rulebook import rulebook
from tests.conftest import RunSednactl

SERVICE = """\
apiVersion: sedna.io/v1alpha1
kind: JointInferenceService
metadata:
  name: helmet
spec:
  edgeWorker:
    model: {name: little}
    hardExampleMining:
      name: ibt
    template:
      spec:
        hostNetwork: true
        containers:
          - name: Little
            image: i
          - name: Second
            image: i
  cloudWorker:
    model: {name: big}
    template:
      spec:
        containers:
          - name: Big
            image: i
"""
"""Four findings that are no infos: a warning in line 9, errors in lines 14, 16 and 23."""


def left(
    text: str, ignoring: Ignoring | None = None
) -> tuple[list[tuple[str, int]], list[tuple[str, str, str]]]:
    """What is found (no infos), and what was ignored: rule, reason, where that is written."""
    checker = Checker(ignoring)
    findings = [one for document in read_documents(text.encode(), "f") for one in checker.check(document)]
    findings += checker.finish()
    ignored = [(one.ignore.rule, one.ignore.reason, one.ignore.by) for one in checker.ignored]
    return sorted((one.rule, one.line) for one in findings if one.level != "info"), ignored


def with_line(number: int, line: str) -> str:
    """Put a line into the service, above that of this number."""
    lines = SERVICE.splitlines(keepends=True)
    return "".join([*lines[: number - 1], line + "\n", *lines[number - 1 :]])


def with_comment(number: int, comment: str) -> str:
    """Put a comment behind a line of the service."""
    lines = SERVICE.splitlines()
    lines[number - 1] += f"  # {comment}"
    return "\n".join(lines) + "\n"


def test_nothing_is_ignored_unasked() -> None:
    assert left(SERVICE) == ([("SDN135", 14), ("SDN135", 16), ("SDN135", 23), ("SDN301", 9)], [])


def test_a_comment_behind_a_value_is_for_its_line() -> None:
    found, ignored = left(with_comment(9, "sednactl: ignore SDN301 our image has it"))
    assert found == [("SDN135", 14), ("SDN135", 16), ("SDN135", 23)]
    assert ignored == [("SDN301", "our image has it", "f:9")]
    assert left(with_comment(8, "sednactl: ignore SDN301 our image has it"))[0] == left(SERVICE)[0]


@pytest.mark.parametrize(
    ("number", "comment", "ignored"),
    [
        (9, "      # sednactl: ignore SDN301 why", 1),
        (8, "    # sednactl: ignore SDN301 why", 1),
        (6, "  # sednactl: ignore SDN135 why", 2),
        (14, "          # sednactl: ignore SDN135 why", 1),
        (13, "        # sednactl: ignore SDN135 why", 2),
        (13, "# sednactl: ignore SDN135 why", 2),
        (18, "  # sednactl: ignore SDN135 why", 1),
        (5, "# sednactl: ignore SDN135 why", 3),
        (5, "# sednactl: ignore SDN135, SDN301: why", 4),
        (5, "# sednactl: ignore sdn135,sdn301 - why", 4),
        (1, "# sednactl: ignore SDN135 why", 3),
        (3, "# sednactl: ignore SDN135 why", 0),
        (24, "            # sednactl: ignore SDN135 why", 0),
        (6, "  # please, sednactl: ignore SDN135 why", 0),
        (6, "  # sednactl: ignore SDN133 why", 0),
    ],
)
def test_a_comment_of_its_own_is_for_what_follows(number: int, comment: str, ignored: int) -> None:
    found, kept = left(with_line(number, comment))
    assert (len(found), len(kept)) == (4 - ignored, ignored)
    assert {(reason, by) for _, reason, by in kept} <= {("why", f"f:{number}")}


def test_a_flood_of_comments_is_no_hang() -> None:
    """Time grows with the lines, not with their square; decisions beyond the bound are not heeded."""
    flood = "# sednactl: ignore SDN135 why\n" * 50_000
    (document,) = read_documents(("kind: a\n" + flood + SERVICE.replace("kind: ", "x: ", 1)).encode(), "f")
    remarks, findings = remarks_in(document, rulebook())
    assert (len(remarks), len(findings)) == (MOST_REMARKS, 0)
    assert {(one.last or 0) - one.first for one in remarks} == {50_000 - number for number in range(1000)}


def test_a_list_at_the_depth_of_its_key_belongs_to_it() -> None:
    text = SERVICE.replace(
        "          - name: Little\n            image", "        - name: Little\n          image"
    )
    text = text.replace(
        "          - name: Second\n            image", "        - name: Second\n          image"
    )
    lines = text.splitlines(keepends=True)
    text = "".join([*lines[:12], "        # sednactl: ignore SDN135 why\n", *lines[12:]])
    assert [rule for rule, _ in left(text)[0]] == ["SDN135", "SDN301"]


def test_an_annotation_is_for_the_object() -> None:
    text = with_line(5, "  annotations: {ignore.sednactl.io/SDN135: old images}")
    found, ignored = left(text)
    assert found == [("SDN301", 10)]
    assert ignored == [("SDN135", "old images", "f:5")] * 3


def test_a_comment_is_for_one_document() -> None:
    text = "# sednactl: ignore SDN135 why\n" + SERVICE + "---\n" + SERVICE.replace("helmet", "other")
    assert len(left(text)[1]) == 3


def test_findings_between_documents_can_be_ignored() -> None:
    text = SERVICE + "---\napiVersion: v1\nkind: Service\nmetadata: {name: helmet-cloud}\n"
    assert ("SDN104", 4) in left(text)[0]
    found, ignored = left(text.replace("name: helmet\n", "name: helmet # sednactl: ignore SDN104 mine\n"))
    assert ("SDN104", 4) not in found
    assert ignored == [("SDN104", "mine", "f:4")]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("  # sednactl: ignore SDN135", "SDN135 is ignored without a reason"),
        ("  # sednactl: ignore SDN135 : ", "SDN135 is ignored without a reason"),
        ("  annotations: {ignore.sednactl.io/SDN135: ' '}", "SDN135 is ignored without a reason"),
        ("  # sednactl: ignore", "this names no rule to ignore"),
        ("  # sednactl: ignore everything", "this names no rule to ignore"),
        ("  # sednactl: ignore SDN999 why", 'no rule is called "SDN999"'),
        ("  annotations: {ignore.sednactl.io/all: why}", 'no rule is called "ALL"'),
    ],
)
def test_what_is_incomplete_is_a_finding(line: str, message: str) -> None:
    (document,) = read_documents(with_line(5, line).encode(), "f")
    findings = [one for one in Checker().check(document) if one.rule == "SDN901"]
    assert [(one.message, one.level, one.line) for one in findings] == [(message, "warning", 5)]


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("  # sednactl: ignore SDN135", 3),
        ("  annotations: {ignore.sednactl.io/SDN135: ' '}", 17),
        ("  annotations: {'ignore.sednactl.io/SDN703': 'not needed'}", 17),
        ("  labels: {a: b}  # sednactl: ignore SDN703 not needed", 19),
    ],
)
def test_the_column_is_where_the_decision_begins(line: str, column: int) -> None:
    checker = Checker()
    for document in read_documents(with_line(5, line).encode(), "f"):
        findings = checker.check(document)
    findings += checker.finish()
    assert [(one.line, one.column) for one in findings if one.rule in ("SDN901", "SDN902")] == [(5, column)]


def test_a_decision_that_nothing_needs_is_told() -> None:
    def needless(text: str) -> list[tuple[int, str]]:
        checker = Checker()
        for document in read_documents(text.encode(), "f"):
            checker.check(document)
        return [(one.line, one.message) for one in checker.finish() if one.rule == "SDN902"]

    assert needless(with_line(9, "      # sednactl: ignore SDN301 why")) == []
    assert needless(with_line(18, "  # sednactl: ignore SDN301 why")) == [
        (18, "SDN301 is ignored here, and is not found")
    ]
    model = "# sednactl: ignore SDN121 it is there\n" + SERVICE
    assert needless(model) == []  # found only when all documents are seen
    other = "# sednactl: ignore SDN301 why\napiVersion: v1\nkind: Secret\nmetadata: {name: a}\n"
    assert [line for line, _ in needless(other)] == [1]


def test_the_command_line() -> None:
    ignoring = from_command_line(["sdn301,SDN135=old images", "SDN101"])
    found, ignored = left(SERVICE, ignoring)
    assert found == []
    assert set(ignored) == {(rule, "old images", "command line") for rule in ("SDN301", "SDN135")}
    assert [(one.level, one.message) for one in ignoring.findings] == [
        ("info", "SDN101 is ignored without a reason")
    ]


def project(text: str, folder: str = "/p") -> Ignoring:
    ignoring = Ignoring()
    for document in read_documents(text.encode(), ".sednactl.yaml"):
        from_project_file(document, folder, rulebook(), ignoring)
    return ignoring


def test_a_project_file() -> None:
    ignoring = project(
        "ignore:\n- {rule: sdn301, reason: own image}\n- {rule: SDN135, reason: old, files: lab/*}\n"
    )
    assert ignoring.of("SDN301", "anything") is not None
    assert ignoring.of("SDN135", "/p/lab/a.yaml") is not None
    assert ignoring.of("SDN135", "/p/a.yaml") is None
    assert ignoring.of("SDN135", "-") is None
    assert left(SERVICE, ignoring)[1] == [("SDN301", "own image", ".sednactl.yaml:2")]
    bare = project("ignore: [{rule: SDN135}]")
    assert [(one.rule, one.level, one.line) for one in bare.findings] == [("SDN901", "warning", 1)]
    assert project("ignore:\n").everywhere == project("# nothing\n").everywhere == {}


@pytest.mark.parametrize(
    "text",
    [
        "- SDN301",
        "skip: []",
        "ignore: SDN301",
        "ignore: [SDN301]",
        "ignore: [{rule: SDN999, reason: a}]",
        "ignore: [{rule: 301, reason: a}]",
        "ignore: [{rule: SDN301, reason: [a]}]",
        "ignore: [{rule: SDN301, why: a}]",
        "ignore: [{rule: SDN301, reason: a, files: [1]}]",
    ],
)
def test_a_project_file_that_is_not_understood(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"\.sednactl\.yaml:1:"):
        project(text)


def test_what_is_ignored_stops_no_other_command() -> None:
    text = "# sednactl: ignore SDN135 the cluster has the last word\n" + SERVICE
    require_valid(read_documents(text.encode(), "f"))
    with pytest.raises(InvalidInput, match="3 errors"):
        require_valid(read_documents(SERVICE.encode(), "f"))


def test_json_has_no_comments_but_annotations() -> None:
    made: Any = read_documents(SERVICE.encode(), "f")[0].content
    made["metadata"]["annotations"] = {
        "ignore.sednactl.io/SDN135": "old",
        "note": "# sednactl: ignore SDN301 no",
    }
    found, ignored = left(json.dumps(made))
    assert [rule for rule, _ in found] == ["SDN301"]
    assert len(ignored) == 3


def test_the_report_keeps_the_reason(run_sednactl: RunSednactl, tmp_path: Path) -> None:
    (tmp_path / "lab").mkdir()
    (tmp_path / "lab" / "a.yaml").write_text(with_comment(9, "sednactl: ignore SDN301 our image has it"))
    (tmp_path / ".sednactl.yaml").write_text(
        "ignore:\n- {rule: SDN135, reason: old images, files: ['lab/*']}\n"
    )
    run = run_sednactl("validate", "-R", ".", "-o", "json", "--strict")
    assert run.code == 0
    report = json.loads(run.out)
    assert (report["summary"]["ignored"], report["summary"]["documents"]) == (4, 1)
    kept = {(one["rule"], one["level"], one["reason"], one["by"]) for one in report["ignored"]}
    assert kept == {
        ("SDN301", "warning", "our image has it", "./lab/a.yaml:9"),
        ("SDN135", "error", "old images", ".sednactl.yaml:2"),
    }
    reasons = {"our image has it", "old images"}
    for words in (("-o", "text", "-v"), ("-o", "github"), ("-o", "junit"), ("-o", "sarif"), ("-o", "json")):
        told = run_sednactl("validate", "-R", ".", *words).out
        assert {reason for reason in reasons if reason in told} == reasons, words
    below = run_sednactl("validate", "a.yaml", cwd=tmp_path / "lab")
    assert (below.code, below.out) == (0, "")
    assert below.err == "1 file, 1 document: 2 info (-v shows them), 4 ignored\n"


def test_a_broken_project_file_is_invalid_input(run_sednactl: RunSednactl, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(SERVICE)
    (tmp_path / ".sednactl.yaml").write_text("ignore: everything\n")
    run = run_sednactl("validate", "a.yaml")
    assert (run.code, run.out) == (3, "")
    assert run.err.startswith("error: .sednactl.yaml:1:9: ignore is a list of rules with their reasons\n")


def test_flags_without_a_reason_are_told_with_v(run_sednactl: RunSednactl, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(SERVICE)
    run = run_sednactl("validate", "a.yaml", "-v", "--ignore", "SDN135", "--ignore", "SDN301=own image")
    assert run.code == 0
    assert run.out.startswith("command line:1:1: info: SDN135 is ignored without a reason [SDN901]\n")
    assert "4 ignored" in run.err


def test_a_folder_that_is_gone_has_no_project_file(run_sednactl: RunSednactl, tmp_path: Path) -> None:
    import subprocess

    from tests.command import BIN

    (tmp_path / "gone").mkdir()
    script = f"cd gone && rmdir ../gone && {BIN / 'sednactl'} validate -"
    done = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, input=SERVICE, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
