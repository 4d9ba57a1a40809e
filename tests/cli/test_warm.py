"""A run without the cost of its start is, to whoever looks from outside, a run of the installed command."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.command import BIN, clean_environment, run_command
from tests.live.plane.api import eventually
from tests.warm import WarmCommand, needs_its_own_start

MODEL = (
    "apiVersion: sedna.io/v1alpha1\nkind: Model\nmetadata: {name: a}\nspec: {url: /a, format: pb, größe: 1}\n"
)


@pytest.mark.parametrize(
    ("arguments", "input"),
    [
        ("--version", None),
        ("--help", None),
        ("nonsense", None),
        ("get models", None),
        ("validate -", MODEL),
        ("validate -", b"a: \xff"),
        ("validate - -o json", MODEL),
        ("validate here.yaml", None),
        ("create model a --url /a --format pb --dry-run", None),
    ],
)
def test_it_is_the_same_run(
    warm_command: WarmCommand, tmp_path: Path, arguments: str, input: str | bytes | None
) -> None:
    (tmp_path / "here.yaml").write_text(MODEL)
    environment = clean_environment(tmp_path / "home", {"COLUMNS": "61"})
    command = [str(BIN / "sednactl"), *arguments.split()]
    mine = warm_command.run(command, environment=environment, cwd=tmp_path, input=input)
    assert mine == run_command(command, environment=environment, cwd=tmp_path, input=input)


def test_the_plugin_is_told_by_its_name(warm_command: WarmCommand, tmp_path: Path) -> None:
    done = warm_command.run(["kubectl-sedna"], environment=clean_environment(tmp_path), cwd=tmp_path)
    assert done.code == 0 and "kubectl sedna" in done.out


def test_what_one_run_leaves_does_not_reach_the_next(warm_command: WarmCommand, tmp_path: Path) -> None:
    place, other = tmp_path / "place", tmp_path / "other"
    place.mkdir()
    other.mkdir()
    (place / "here.yaml").write_text(MODEL)
    command = ["sednactl", "validate", "here.yaml"]
    first = warm_command.run(command, environment=clean_environment(tmp_path), cwd=place)
    second = warm_command.run(command, environment=clean_environment(tmp_path), cwd=other)
    assert (first.code, second.code) == (1, 3)


def test_input_and_output_larger_than_a_pipe(warm_command: WarmCommand, tmp_path: Path) -> None:
    stream = "---\n".join(MODEL.replace("name: a", f"name: a{number}") for number in range(2000))
    command = ["sednactl", "validate", "-", "-o", "json"]
    done = warm_command.run(command, environment=clean_environment(tmp_path), cwd=tmp_path, input=stream)
    assert done.code == 1 and done.out.count("größe") >= 2000


def test_a_run_that_does_not_end_is_killed_and_fails(warm_command: WarmCommand, tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    with pytest.raises(AssertionError, match=r"validate fifo did not end in 0\.5 s"):
        warm_command.run(
            ["sednactl", "validate", "fifo"],
            environment=clean_environment(tmp_path),
            cwd=tmp_path,
            timeout=0.5,
        )

    def nobody_reads() -> bool:
        try:
            os.close(os.open(fifo, os.O_WRONLY | os.O_NONBLOCK))
        except OSError:
            return True
        return False

    eventually(nobody_reads, timeout=20, what="the run gone")


def test_it_ends_with_the_process_of_the_tests(tmp_path: Path) -> None:
    warm = WarmCommand(tmp_path)
    assert not warm.ended
    warm.stop()
    assert warm.ended


def test_what_the_interpreter_reads_at_its_start_needs_one() -> None:
    assert needs_its_own_start({"PYTHONIOENCODING": "latin-1"})
    assert needs_its_own_start({"LC_ALL": None})
    assert not needs_its_own_start({"COLUMNS": "80"})
    assert not needs_its_own_start(None)
