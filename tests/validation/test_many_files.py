"""Many files in several processes: the same bytes as from one, in every format, whatever happens to a process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.command import clean_environment
from tests.conftest import RunSednactl

MODEL = (
    "apiVersion: sedna.io/v1alpha1\nkind: Model\nmetadata: {{name: {}}}\nspec: {{url: /a, format: pb{}}}\n"
)
FORMS = ("text", "json", "junit", "sarif", "github")
JOB = """\
apiVersion: sedna.io/v1alpha1
kind: IncrementalLearningJob
metadata:
  name: job-{0}
  annotations:
    ignore.sednactl.io/SDN506: tried out
spec:
  initialModel: {{name: m{0}}}
  dataset: {{name: nowhere, trainProb: 3}}
  outputDir: /out
  trainSpec:
    trigger:
      timer: {{start: 10:00, end: "8:00"}}
      condition: {{operator: GT, threshold: 5, metric: num_of_samples}}
"""


def _folder(folder: Path) -> None:
    """Write files that are wrong in many ways, by themselves and together, among some that are not."""
    for number in range(200):
        extra = ", urk: 1" if number % 3 == 0 else ", credentialName: keys"
        (folder / f"{number:03}.yaml").write_text(MODEL.format(f"m{number // 2}", extra))
    (folder / "007.yaml").write_text("a: [\n")
    (folder / "008.yaml").write_bytes(b"a: \xff\n")
    (folder / "009.yaml").write_text("")
    (folder / "010.yaml").unlink()
    (folder / "010.yaml").symlink_to("gone.yaml")
    (folder / "011.yaml").write_text("- 1\n---\nkind: Pod\napiVersion: v1\n---\n" + JOB.format(4))
    (folder / "012.json").write_text('{"apiVersion": "sedna.io/v1alpha1", "kind": "Modle"}')
    (folder / "013.yaml").write_text(JOB.format(5) + "---\n" + JOB.format(5) + "---\na: {a: 1, a: 2}\n")
    (folder / "014.yaml").write_text(
        "# sednactl: ignore SDN003 old\n# sednactl: ignore SDN201\n" + MODEL.format("m1", ", urk: 1")
    )
    items = "".join(
        "- " + MODEL.format(f"m{n}", ", x: 1").rstrip("\n").replace("\n", "\n  ") + "\n" for n in (1, 99)
    )
    (folder / "015.yaml").write_text("apiVersion: v1\nkind: List\nitems:\n" + items)
    (folder / ".sednactl.yaml").write_text("ignore:\n- rule: SDN121\n  reason: elsewhere\n")


@pytest.mark.parametrize("form", FORMS)
def test_processes_give_the_same_bytes(run_sednactl: RunSednactl, tmp_path: Path, form: str) -> None:
    _folder(tmp_path)
    alone, together = (
        run_sednactl("validate", ".", "nowhere*", "-v", "-o", form, "-j", jobs) for jobs in ("1", "3")
    )
    assert (together.code, together.out, together.err) == (alone.code, alone.out, alone.err)
    assert alone.code == 3
    if form == "json":
        assert {"SDN003", "SDN103", "SDN501", "SDN505", "SDN508"} <= set(alone.out.split('"'))


def test_a_pipe_among_files_is_read_once_and_in_its_place(run_sednactl: RunSednactl, tmp_path: Path) -> None:
    _folder(tmp_path)
    (tmp_path / ".sednactl.yaml").unlink()
    os.mkfifo(tmp_path / "pipe")
    told = []
    for jobs in ("1", "2"):
        writer = threading.Thread(target=(tmp_path / "pipe").write_text, args=(JOB.format("of-a-pipe"),))
        writer.start()
        told.append(run_sednactl("validate", "000.yaml", "pipe", "011.yaml", "-j", jobs))
        writer.join()
    assert told[0] == told[1]
    assert "pipe:8:24: warning" in told[0].out  # a model that is nowhere: found when the pipe was long empty


_PROBE = """
import os, signal, sys, time
from sednactl.cli.main import main
from sednactl.validation import portions
of_file = portions.of_file
def at_a_file(looker, source):
    if source.name.endswith("033.yaml"):
        {}
    return of_file(looker, source)
portions.of_file = at_a_file
sys.argv = ["sednactl", "validate", ".", "-j", "2"]
sys.exit(main())
"""
needs_fork = pytest.mark.skipif(sys.platform != "linux", reason="the fault is put into what is forked")


def _start(folder: Path, fault: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _PROBE.format(fault)],
        env=clean_environment(folder / "home", {"PYTHONPATH": os.pathsep.join(sys.path[:1])}),
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@needs_fork
def test_a_process_that_is_killed_is_an_error(tmp_path: Path) -> None:
    _folder(tmp_path)
    out, err = (process := _start(tmp_path, "os.kill(os.getpid(), signal.SIGKILL)")).communicate(timeout=60)
    assert (process.returncode, out) == (7, "")
    assert "a process that checked files was ended by signal 9; nothing is reported" in err
    assert "Traceback" not in err


@needs_fork
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_all_at_once(tmp_path: Path, number: signal.Signals, code: int) -> None:
    _folder(tmp_path)
    process = _start(tmp_path, 'open("pid", "w").write(str(os.getpid())); time.sleep(100)')
    pid = _when_written(tmp_path / "pid")
    if number == signal.SIGINT:
        os.killpg(process.pid, number)  # as a terminal does it
    else:
        process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (code, "")
    assert "Traceback" not in err
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@needs_fork
def test_processes_end_with_the_one_that_started_them(tmp_path: Path) -> None:
    _folder(tmp_path)
    process = _start(tmp_path, 'open("pid", "w").write(str(os.getpid())); time.sleep(1)')
    _when_written(tmp_path / "pid")
    process.kill()
    process.communicate(timeout=30)  # ends when nobody has its output open any more


def _when_written(file: Path) -> int:
    for _ in range(600):
        if file.exists() and (text := file.read_text()):
            return int(text)
        time.sleep(0.05)
    raise AssertionError("no process came to the file")
