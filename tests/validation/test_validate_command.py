"""The installed `validate`: screens, JSON, exit codes, and files that cannot be read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import RunSednactl
from tests.golden import check_golden

FIXTURES = Path(__file__).parents[1] / "fixtures" / "manifests"
VALID, BROKEN = FIXTURES / "valid", FIXTURES / "broken"


def test_valid_files_say_little(run_sednactl: RunSednactl) -> None:
    run = run_sednactl("validate", str(VALID))
    assert (run.code, run.out) == (0, "")
    assert run.err == "4 files, 10 documents (1 not Sedna's, skipped): no findings\n"


def test_broken_file_screen(run_sednactl: RunSednactl) -> None:
    run = run_sednactl("validate", "many.yaml", cwd=BROKEN)
    assert run.code == 1
    assert run.err == "1 file, 1 document: 15 errors, 4 warnings, 2 info (-v shows them), 4 fixable (--fix)\n"
    check_golden("validation/many.txt", run.out)


def test_broken_file_screen_in_colour(run_sednactl: RunSednactl) -> None:
    run = run_sednactl("validate", "indent.yaml", cwd=BROKEN, environ={"FORCE_COLOR": "1"})
    assert run.code == 1
    check_golden("validation/indent-colour.txt", run.out)


def test_json_report(run_sednactl: RunSednactl) -> None:
    run = run_sednactl("validate", "-o", "json", "indent.yaml", "doubled.yaml", "nowhere.yaml", cwd=BROKEN)
    assert run.code == 3
    check_golden("validation/report.json", run.out)
    report = json.loads(run.out)
    assert (report["apiVersion"], report["kind"]) == ("sednactl.io/v1", "ValidationReport")
    assert report["summary"]["files"] == 3


def test_unreadable_files_do_not_stop_the_others(run_sednactl: RunSednactl) -> None:
    run = run_sednactl("validate", "tab.yaml", "doubled.yaml", "nowhere.yaml", "indent.yaml", cwd=BROKEN)
    assert run.code == 3
    assert "indent.yaml:5:3: error: metadata.spec: unknown field" in run.out
    check_golden("validation/unreadable.txt", run.err)


def test_stdin(run_sednactl: RunSednactl) -> None:
    text = (BROKEN / "indent.yaml").read_text()
    run = run_sednactl("validate", "-", input=text)
    assert run.code == 1
    assert run.out.startswith("-:2:1: error: required field") or "-:5:3: error: metadata.spec" in run.out


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "---\n---\n"])
def test_nothing_to_check_is_no_success(run_sednactl: RunSednactl, text: str) -> None:
    run = run_sednactl("validate", "-f", "-", input=text)
    assert (run.code, run.out) == (3, "")
    error, hint = run.err.splitlines()
    assert error == "error: no manifest in standard input"
    assert hint.startswith("hint: nothing came in")
    report = run_sednactl("validate", "-", "-o", "json", input=text)
    assert report.code == 3
    assert json.loads(report.out)["summary"]["documents"] == 0


@pytest.mark.parametrize("text", ["", "# nothing yet\n"])
def test_an_empty_file_says_how_to_write_one(run_sednactl: RunSednactl, tmp_path: Path, text: str) -> None:
    (tmp_path / "empty.yaml").write_text(text)
    run = run_sednactl("validate", str(tmp_path / "empty.yaml"))
    assert (run.code, run.out) == (3, "")
    error, hint = run.err.splitlines()
    assert error == f"error: no manifest in {tmp_path / 'empty.yaml'}"
    assert "sednactl create KIND NAME" in hint


def test_strict_counts_warnings(run_sednactl: RunSednactl, tmp_path: Path) -> None:
    text = (VALID / "helmet.yaml").read_text().replace("name: IBT", "name: Mine")
    (tmp_path / "warned.yaml").write_text(text)
    assert run_sednactl("validate", "warned.yaml").code == 0
    assert run_sednactl("validate", "--strict", "warned.yaml").code == 1
    assert run_sednactl("validate", "--strict", "--ignore", "sdn301,SDN122", "warned.yaml").code == 0


def test_folders(run_sednactl: RunSednactl) -> None:
    run = run_sednactl("validate", "-R", str(FIXTURES))
    assert run.code == 3  # some of the broken ones are no YAML
    places = [line.split(":")[0] for line in run.out.splitlines() if line.startswith(str(FIXTURES))]
    assert places == sorted(places), "files come in the order of their names"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "no file to validate"),
        (("--strict",), "no file to validate"),
        (("x.yaml", "--ignore", "SDN999"), "no rule is called SDN999"),
        (("x.yaml", "-o", "xml"), "xml"),
    ],
)
def test_usage(run_sednactl: RunSednactl, arguments: tuple[str, ...], words: str) -> None:
    run = run_sednactl("validate", *arguments)
    assert run.code == 2
    assert words in run.out + run.err
    assert "Traceback" not in run.err


def test_hostile_names_and_text_cannot_drive_the_terminal(run_sednactl: RunSednactl, tmp_path: Path) -> None:
    (tmp_path / "e\x1b[31m.yaml").write_text('apiVersion: sedna.io/v1alpha1\nkind: "a\\e[2J\\nb"\n')
    run = run_sednactl("validate", ".")
    assert run.code == 1
    assert "\x1b" not in run.out + run.err
    assert run.out.count("\n") < 8


def test_reader_that_goes_away(run_sednactl: RunSednactl) -> None:
    import subprocess

    from tests.command import BIN

    command = f"{BIN / 'sednactl'} validate {BROKEN / 'many.yaml'} 2>/dev/null | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout.count("\n") == 1
    assert "Traceback" not in done.stderr


def test_only_light_packages_are_loaded(run_sednactl: RunSednactl) -> None:
    """Start-up is a feature: none of these may come back by accident."""
    run = run_sednactl("validate", str(VALID / "helmet.yaml"), environ={"PYTHONPROFILEIMPORTTIME": "1"})
    assert run.code == 0
    loaded = {
        line.rpartition("|")[2].strip() for line in run.err.splitlines() if line.startswith("import time:")
    }
    heavy = {
        "jsonschema",
        "jsonschema_rs",
        "kubernetes",
        "rich",
        "jinja2",
        "urllib3",
        "http.client",
        "ssl",
        "asyncio",
    }
    assert heavy.isdisjoint(loaded)
    assert "sednactl.validation.check" in loaded


def test_documents_of_a_long_stream_are_not_all_kept(run_sednactl: RunSednactl, tmp_path: Path) -> None:
    """Memory grows with what is found and referred to, not with what is read."""
    model = "apiVersion: sedna.io/v1alpha1\nkind: Model\nmetadata: {{name: m{}}}\nspec: {{url: /m/{}.pb, format: pb}}\n"
    (tmp_path / "many.yaml").write_text("---\n".join(model.format(index, index) for index in range(2000)))
    run = run_sednactl("validate", "many.yaml")
    assert (run.code, run.err) == (0, "1 file, 2000 documents: no findings\n")


def test_works_as_a_plugin_of_kubectl(run_sednactl: RunSednactl) -> None:
    run = run_sednactl("validate", str(VALID / "model.json"), program="kubectl-sedna")
    assert (run.code, run.err) == (0, "1 file, 1 document: no findings\n")
