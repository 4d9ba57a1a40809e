"""The installed `validate --fix`: what it shows, asks, writes, and how it ends."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from sednactl.manifests.writing import to_yaml
from tests.conftest import RunSednactl
from tests.validation.learning import INCREMENTAL
from tests.validation.test_rules import changed

SPOILED = "# the job\n" + to_yaml(
    [changed(INCREMENTAL, {"spec.trainSpec.trigger.condition.operator": "GT"})]
).replace("operator: GT", "operator: GT   # more than")
MENDED = SPOILED.replace("operator: GT", "operator: gt")


def test_without_a_terminal_it_shows_and_touches_nothing(run_sednactl: RunSednactl, tmp_path: Path) -> None:
    file = tmp_path / "job.yaml"
    file.write_text(SPOILED)
    run = run_sednactl("validate", "--fix", "job.yaml", cwd=tmp_path)
    assert run.code == 1
    assert run.out.startswith("--- job.yaml\n+++ job.yaml\n@@ ")
    assert "-        operator: GT   # more than\n+        operator: gt   # more than\n" in run.out
    assert run.err == "To mend: 1 place in 1 file. Nothing was changed; the same again with --yes does it.\n"
    assert file.read_text() == SPOILED


def test_yes_writes_and_validates_anew(run_sednactl: RunSednactl, tmp_path: Path) -> None:
    file = tmp_path / "job.yaml"
    file.write_text(SPOILED)
    file.chmod(0o640)
    run = run_sednactl("validate", "--fix", "--yes", "job.yaml", cwd=tmp_path)
    assert (run.code, file.read_text()) == (0, MENDED)
    assert run.out.startswith("--- job.yaml\n")
    assert run.err == "Mended: 1 place in 1 file.\n1 file, 1 document: 3 info (-v shows them)\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert not list(tmp_path.glob("*.part"))
    again = run_sednactl("validate", "--fix", "--yes", "job.yaml", cwd=tmp_path)
    assert (again.code, again.out) == (0, "")
    assert "Mended" not in again.err


def test_what_remains_decides_the_exit_code(run_sednactl: RunSednactl, tmp_path: Path) -> None:
    (tmp_path / "job.yaml").write_text(SPOILED.replace("trainProb: 0.8", "trainProb: 80"))
    run = run_sednactl("validate", "--fix", "-y", "job.yaml", "-o", "json", cwd=tmp_path)
    assert run.code == 1
    report = json.loads(run.out)  # the diff is on standard error, as this is the report's
    assert [one["rule"] for one in report["findings"] if one["level"] == "error"] == ["SDN506"]
    assert "+++ job.yaml" in run.err
    assert "operator: gt " in (tmp_path / "job.yaml").read_text()


def test_standard_input_is_mended_onto_standard_output(run_sednactl: RunSednactl) -> None:
    run = run_sednactl("validate", "--fix", "-f", "-", input=SPOILED)
    assert (run.code, run.out) == (0, MENDED)
    assert run.err == "1 file, 1 document: 3 info (-v shows them)\n"
    broken = run_sednactl("validate", "--fix", "-", input=b"\xef\xbb\xbfa: [\r\n")
    assert (broken.code, broken.out) == (3, "\ufeffa: [\r\n")  # as it came
    assert "-:2:1: not valid YAML" in broken.err


def test_links_stay_links_and_other_files_stay(run_sednactl: RunSednactl, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.yaml").write_text(SPOILED)
    (tmp_path / "good.yaml").write_text(MENDED.replace("name: helmets", "name: others"))
    (tmp_path / "bad.yaml").write_text("a: [")
    (tmp_path / "link.yaml").symlink_to("real/a.yaml")
    before = (tmp_path / "good.yaml").stat().st_mtime_ns
    run = run_sednactl("validate", "--fix", "--yes", ".", cwd=tmp_path)
    assert run.code == 3  # one of them cannot be read
    assert (tmp_path / "link.yaml").is_symlink()
    assert (tmp_path / "real" / "a.yaml").read_text() == MENDED
    assert (tmp_path / "good.yaml").stat().st_mtime_ns == before
    assert (tmp_path / "bad.yaml").read_text() == "a: ["


def test_what_cannot_be_mended_safely_is_told(run_sednactl: RunSednactl, tmp_path: Path) -> None:
    (tmp_path / "job.yaml").write_text(SPOILED.replace("operator: GT", "operator: !!str GT"))
    run = run_sednactl("validate", "--fix", "--yes", "job.yaml", cwd=tmp_path)
    assert run.code == 1
    assert ": not mended [SDN501]: it is not written as a single word\n" in run.err
    assert "[SDN501] fixable" in run.out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--yes", "job.yaml"], "--yes answers the question of --fix"),
        (["--fix", "-", "job.yaml"], "not both"),
        (["--fix", "-", "-o", "json"], "standard output has the mended manifest"),
    ],
)
def test_usage(run_sednactl: RunSednactl, words: list[str], message: str) -> None:
    run = run_sednactl("validate", *words, input="")
    assert run.code == 2
    assert message in run.err


def test_a_file_that_may_not_be_written(run_sednactl: RunSednactl, tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root writes everywhere")
    folder = tmp_path / "kept"
    folder.mkdir()
    (folder / "job.yaml").write_text(SPOILED)
    folder.chmod(0o555)
    run = run_sednactl("validate", "--fix", "--yes", "kept/job.yaml", cwd=tmp_path)
    folder.chmod(0o755)
    assert run.code == 3
    assert "cannot be written" in run.err
    assert (folder / "job.yaml").read_text() == SPOILED


def test_the_question(run_sednactl: RunSednactl, tmp_path: Path) -> None:
    """On a terminal it asks; no is no, and yes writes."""
    import io

    from sednactl.cli.mending import Files, mend
    from sednactl.surroundings import Surroundings
    from sednactl.validation.ignoring import Ignoring
    from sednactl.validation.target import Target

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    import typer

    file = tmp_path / "job.yaml"
    file.write_text(SPOILED)
    files = Files([str(file)], False)
    for answer, text in (("n\n", SPOILED), ("", SPOILED), ("y\n", MENDED)):
        err = Terminal()
        around = Surroundings(Terminal(answer), Terminal(), err, {"NO_COLOR": "1"})
        if text == SPOILED:
            with pytest.raises(typer.Exit):
                mend(files, around, Ignoring(), Target(), yes=False, outputs=())
        else:
            assert mend(files, around, Ignoring(), Target(), yes=False, outputs=()) == around
        assert err.getvalue().startswith("Mend 1 place in 1 file? [y/N] ")
        assert file.read_text() == text


def test_a_file_that_changes_meanwhile_is_left(tmp_path: Path) -> None:
    import io

    from sednactl.cli.mending import Files, mend
    from sednactl.errors import InvalidInput
    from sednactl.surroundings import Surroundings
    from sednactl.validation.ignoring import Ignoring
    from sednactl.validation.target import Target

    file = tmp_path / "job.yaml"
    file.write_text(SPOILED)

    class Answers(io.StringIO):
        def isatty(self) -> bool:
            return True

        def readline(self, size: int | None = -1, /) -> str:  # type: ignore[override]
            file.write_text(SPOILED + "# more\n")
            return "y\n"

    around = Surroundings(Answers(), io.StringIO(), Answers(), {})
    with pytest.raises(InvalidInput, match="changed while"):
        mend(Files([str(file)], False), around, Ignoring(), Target(), yes=False, outputs=())
    assert file.read_text() == SPOILED + "# more\n"
