"""The installed `validate` with its reports: each format's golden file, several at once, files that cannot be written."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from sednactl import __version__
from tests.conftest import RunSednactl
from tests.golden import check_golden
from tests.validation.sarif_shape import check_sarif

LAB = """\
apiVersion: sedna.io/v1alpha1
kind: Model
metadata: {name: little, namespace: park}
spec: {url: /models/little.pb, format: pb}
---
# sednactl: ignore SDN301 our own algorithm is in the image
apiVersion: sedna.io/v1alpha1
kind: JointInferenceService
metadata: {name: helmet, namespace: park}
spec:
  edgeWorker:
    model: {name: little}
    hardExampleMining: {name: Mine}
    template:
      spec:
        nodeName: $EDGE_NODE
        containers: [{name: a, image: 'little:1'}]
  cloudWorker:
    model: {name: big}
    template:
      spec:
        containers: [{name: a, image: 'big:1'}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: other}
"""
NOT_YAML = "kind: Model\n\tname: x\n"
FORMATS = {"text": "txt", "json": "json", "junit": "xml", "sarif": "sarif", "github": "txt"}


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    folder = tmp_path / "lab"
    folder.mkdir()
    (folder / "helmet, one.yaml").write_text(LAB)
    (folder / "tab.yaml").write_text(NOT_YAML)
    return folder


@pytest.mark.parametrize("name", FORMATS)
def test_a_report_in_each_format(run_sednactl: RunSednactl, lab: Path, name: str) -> None:
    arguments = ("validate", "helmet, one.yaml", "tab.yaml", "--ignore", "SDN121=big is made elsewhere")
    shown = run_sednactl(*arguments, "-o", name, cwd=lab)
    written = run_sednactl(*arguments, "-o", f"{name}=report", cwd=lab)
    assert (shown.code, written.code, written.out) == (3, 3, "")
    report = (lab / "report").read_text()
    # On a terminal the summary is no result; a file holds both.
    assert report == shown.out + (shown.err if name == "text" else "")
    found = "1 file unreadable, 1 error, 1 info (-v shows them), 2 ignored"
    assert written.err.endswith(f"\n2 files, 3 documents (1 not Sedna's, skipped): {found}\n")
    if name == "sarif":
        check_sarif(json.loads(report))
        report = report.replace(f'"version": "{__version__}"', '"version": "VERSION"')
    check_golden(f"validation/reports/{name}.{FORMATS[name]}", report)


def test_several_reports_at_once(run_sednactl: RunSednactl, lab: Path) -> None:
    plain = run_sednactl("validate", "helmet, one.yaml", cwd=lab)
    files = ("-o", "sarif=out.sarif", "-o", "json=out.json", "-o", "github=out.txt", "-o", "junit=out.xml")
    run = run_sednactl("validate", "helmet, one.yaml", *files, "-o", "text", cwd=lab)
    assert run == plain, "the screen and the exit code do not change"
    assert run.code == 1
    (error,) = (
        one for one in json.loads((lab / "out.json").read_text())["findings"] if one["level"] == "error"
    )
    results = check_sarif(json.loads((lab / "out.sarif").read_text()))
    assert [one["ruleId"] for one in results if one["level"] == "error"] == [error["rule"]]
    suite = ElementTree.parse(lab / "out.xml").getroot()
    assert suite.get("failures") == "1"
    places = f"line={error['line']},col={error['column']},title={error['rule']}::"
    assert f"::error file=helmet%2C one.yaml,{places}" in (lab / "out.txt").read_text()


def test_a_dash_is_standard_output(run_sednactl: RunSednactl, lab: Path) -> None:
    run = run_sednactl("validate", "-", "-o", "junit=-", "-o", "text=screen.txt", cwd=lab, input=LAB)
    assert run.code == 1
    assert ElementTree.fromstring(run.out.encode()).get("tests") == "4"
    assert run.err == ""
    assert (lab / "screen.txt").read_text().startswith("-:16:19: error: ")


@pytest.mark.parametrize(("strict", "code", "failures"), [((), 0, "0"), (("--strict",), 1, "1")])
def test_warnings_fail_where_they_fail_the_run(
    run_sednactl: RunSednactl, lab: Path, strict: tuple[str, ...], code: int, failures: str
) -> None:
    (lab / "warned.yaml").write_text(
        LAB.replace("$EDGE_NODE", "edge-1").replace("# sednactl: ignore SDN301 our", "# Our")
    )
    run = run_sednactl("validate", "warned.yaml", *strict, "-o", "junit", cwd=lab)
    assert run.code == code
    assert ElementTree.fromstring(run.out.encode()).get("failures") == failures


def test_a_report_that_cannot_be_written_is_one_error_and_the_others_are(
    run_sednactl: RunSednactl, lab: Path
) -> None:
    files = ("-o", "sarif=nowhere/out.sarif", "-o", "json=out.json", "-o", "text")
    run = run_sednactl("validate", "helmet, one.yaml", *files, cwd=lab)
    assert run.code == 3
    assert "error: nowhere/out.sarif: cannot be written: No such file or directory\n" in run.err
    assert run.err.count("error: ") == 1
    assert json.loads((lab / "out.json").read_text())["summary"]["errors"] == 1
    assert run.out.startswith("helmet, one.yaml:16:19: error: ")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("-o", "xml=x"), "no report is called 'xml'"),
        (("-o", "text", "-o", "sarif"), "would both go to standard output"),
        (("-o", "sarif="), "names no file"),
    ],
)
def test_outputs_that_cannot_be_meant_are_usage(
    run_sednactl: RunSednactl, lab: Path, arguments: tuple[str, ...], words: str
) -> None:
    run = run_sednactl("validate", "helmet, one.yaml", *arguments, cwd=lab)
    assert (run.code, run.out) == (2, "")
    assert words in run.err


def test_names_of_files_cannot_give_commands_to_the_build_server(
    run_sednactl: RunSednactl, lab: Path
) -> None:
    (lab / "x\n::add-mask::y\x1b[2J.yaml").write_text("kind: [\n")
    (lab / "y\n::error::z,line=1.yaml").write_text(LAB)
    run = run_sednactl("validate", ".", "-o", "github", cwd=lab)
    assert run.code == 3
    assert "\x1b" not in run.out
    for line in run.out.splitlines():
        assert line.startswith(("::error file=", "::warning file=", "::notice file=", "::debug::"))


def test_annotations_name_files_from_the_checkout_on(run_sednactl: RunSednactl, lab: Path) -> None:
    environ = {"GITHUB_WORKSPACE": str(lab.parent)}
    run = run_sednactl("validate", "tab.yaml", "-o", "github", cwd=lab, environ=environ)
    assert run.out.startswith("::error file=lab/tab.yaml,line=2,col=1::")


def test_a_folder_that_is_gone(run_sednactl: RunSednactl, lab: Path) -> None:
    import subprocess

    from tests.command import BIN

    (lab / "gone").mkdir()
    command = f"cd gone && rmdir ../gone && {BIN / 'sednactl'} validate - {lab / 'tab.yaml'} -o sarif"
    done = subprocess.run(
        ["bash", "-c", command], cwd=lab, input=LAB, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 3
    check_sarif(json.loads(done.stdout))


@pytest.mark.parametrize(
    "names", [("lab/a.yaml",), ("lab",), ("-R", "."), ("./lab/../lab/a.yaml",), ("lab/*.yaml",)]
)
def test_a_report_never_takes_the_place_of_a_manifest(
    run_sednactl: RunSednactl, tmp_path: Path, names: tuple[str, ...]
) -> None:
    manifest = tmp_path / "lab" / "a.yaml"
    manifest.parent.mkdir()
    manifest.write_text(LAB)
    run = run_sednactl("validate", *names, "-o", "json=lab/a.yaml")
    assert (run.code, run.out) == (2, "")
    assert "the json report would take the place of lab/a.yaml, which is to be checked" in run.err
    assert manifest.read_text() == LAB


def test_a_report_of_an_earlier_run_gives_way(run_sednactl: RunSednactl, lab: Path) -> None:
    for name in ("json=report.json", "sarif=report.sarif", "junit=report.xml"):
        first = run_sednactl("validate", ".", "-o", name, cwd=lab)
        second = run_sednactl("validate", ".", "-o", name, cwd=lab)
        assert first.code == second.code == 3, second.err  # one of the files is no YAML
