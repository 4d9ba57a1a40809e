"""The recipes of docs/ci.md: good YAML, and every command in them does in a sandbox what the page says."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.command import clean_environment, run_command

PAGE = Path(__file__).parents[2] / "docs" / "ci.md"
BLOCKS = re.findall(r"^```yaml\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S)
NIGHTLY = re.search(r"^```sh\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S)
SIDES = {
    "--edge-model": "little", "--edge-image": "example/little:v1", "--edge-request": "cpu=50m",
    "--edge-hpa": "min=1,max=4,cpu=50%", "--cloud-model": "big", "--cloud-image": "example/big:v1",
    "--cloud-request": "cpu=1", "--cloud-hpa": "min=1,max=8,cpu=50%",
}  # fmt: skip


def commands(text: str) -> dict[str, list[str]]:
    """Give the lines that run sednactl, by job."""
    content: dict[str, Any] = yaml.safe_load(text)
    jobs = content.get("jobs") or {name: content[name] for name in ("check", "roll-out")}
    found = {}
    for name, job in jobs.items():
        lines = [line for step in job.get("steps", ()) for line in str(step.get("run", "")).splitlines()]
        lines += job.get("script", ())
        found[name] = [line for line in lines if line.startswith("sednactl ")]
    return found


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, str]]]:
    """Give a folder with the manifests that the page speaks of, and an environment with a cluster: a sandbox."""
    place = tmp_path_factory.mktemp("repository")
    environment = clean_environment(place / "home")

    def sednactl(*arguments: str) -> str:
        done = run_command(["sednactl", *arguments], environment=environment, cwd=place)
        assert done.code == 0, done.err
        return done.out

    park = place / "park"
    park.mkdir()
    dry = ("--dry-run=client", "-o", "yaml")
    for model in ("little", "big"):
        made = sednactl("create", "model", model, "--url", f"/models/{model}.pb", "--format", "pb", *dry)
        (park / f"{model}.yaml").write_text(made)
    flags = [word for flag in SIDES.items() for word in flag]
    (park / "helmet.yaml").write_text(sednactl("create", "ji", "helmet", *flags, *dry))
    sednactl("sandbox", "up", "--speed", "20")
    try:
        kubeconfig = place / "home" / ".state" / "sednactl" / "sandbox" / "kubeconfig"
        yield place, {**environment, "KUBECONFIG": str(kubeconfig)}
    finally:
        sednactl("sandbox", "down")


def shell(line: str, place: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", line],
        cwd=place,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_there_is_a_recipe_for_each() -> None:
    assert len(BLOCKS) == 2
    for block in BLOCKS:
        found = commands(block)
        assert [line.split()[1] for line in found["check"]] == ["validate", "scale"]
        words = [line.split()[1] for line in found["roll-out"]]
        assert words[:4] == ["diff", "apply", "wait", "scale"]


def test_every_command_does_what_the_page_says(repository: tuple[Path, dict[str, str]]) -> None:
    place, environment = repository
    for block in BLOCKS:
        for lines in commands(block).values():
            for line in lines:
                done = shell(line, place, environment)
                assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
    assert (place / "sednactl.sarif").exists() and (place / "findings.xml").exists()
    assert NIGHTLY is not None
    done = shell(NIGHTLY[1], place, environment)
    assert done.returncode == 0, done.stderr
    assert '"ContextList"' in (place / "ghosts.json").read_text()
