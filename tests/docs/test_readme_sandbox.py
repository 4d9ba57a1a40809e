"""What the README shows in the sandbox is what happens."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.command import clean_environment
from tests.docs.readme import steps


def test_sandbox_commands_print_what_is_shown(tmp_path: Path) -> None:
    shown = steps("sandbox")
    assert len(shown) >= 5
    environment = clean_environment(tmp_path / "home")

    def run(command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "-c", command],
            env=environment,
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
        )

    try:
        for step in shown:
            done = run(step.command)
            assert done.returncode == 0, f"$ {step.command}\n{done.stdout}"
            if step.output.strip() != "…":
                assert done.stdout == step.output, f"$ {step.command}"
    finally:
        run("sednactl sandbox down")
