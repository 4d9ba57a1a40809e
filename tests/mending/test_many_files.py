"""Many files that are mended in several processes: the same difference, and the same files afterwards."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import RunSednactl

BROKEN = """\
apiVersion: sedna.io/v1alpha1
kind: IncrementalLearningJob
metadata: {{name: job-{0}}}
spec:
  trainSpec:
    trigger:  # kept
      timer: {{start: 10:0{1}, end: "20:00"}}
"""


def _folder(folder: Path) -> dict[str, str]:
    folder.mkdir()
    for number in range(140):
        text = "a: [\n" if number % 50 == 7 else BROKEN.format(number, number % 10)
        (folder / f"{number:03}.yaml").write_text(text if number % 3 else "kind: Pod\napiVersion: v1\n")
    return _texts(folder)


def _texts(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in folder.iterdir()}


def test_processes_mend_as_one_does(run_sednactl: RunSednactl, tmp_path: Path) -> None:
    runs, after = [], []
    for jobs in ("1", "2"):
        folder = tmp_path / jobs
        before = _folder(folder)
        asked = run_sednactl("validate", "--fix", ".", "-j", jobs, cwd=folder)
        assert asked.code == 1
        assert _texts(folder) == before
        runs.append((asked, run_sednactl("validate", "--fix", "--yes", ".", "-j", jobs, cwd=folder)))
        after.append(_texts(folder))
    assert runs[0] == runs[1]
    assert after[0] == after[1]
    assert 'start: "10:01"' in after[0]["001.yaml"]
    assert runs[0][1].err.startswith("Mended: 91 places in 91 files.")
