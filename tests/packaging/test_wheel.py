"""What is built holds all that the program needs, and runs away from the checkout."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.command import clean_environment, run_command

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Build sdist and wheel, the wheel from the sdist as an installer would."""
    folder = tmp_path_factory.mktemp("dist")
    done = subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)],
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return {path.suffix: path for path in folder.iterdir()}


def test_the_sdist_holds_the_project(built: dict[str, Path]) -> None:
    with tarfile.open(built[".gz"]) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    for wanted in (
        "pyproject.toml",
        "README.md",
        "CHANGELOG.md",
        "LICENSE",
        "templates/jointinference.yaml.j2",
    ):
        assert wanted in names
    assert not [name for name in names if name.startswith((".venv", ".git/", "build/"))]


def test_the_wheel_runs_alone(built: dict[str, Path], tmp_path: Path) -> None:
    target = tmp_path / "site"
    with zipfile.ZipFile(built[".whl"]) as archive:
        names = archive.namelist()
        archive.extractall(target)
    assert not [name for name in names if name.startswith(("tests/", "schemas/", "templates/"))]
    checkout = {
        path.relative_to(ROOT).as_posix()
        for folder in ("templates", "schemas")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".j2", ".json", ".yaml")
    }
    packaged = {name.removeprefix("sednactl/_packaged/") for name in names if "/_packaged/" in name}
    assert checkout <= packaged
    assert any(name.endswith(".data/data/share/man/man1/sednactl.1") for name in names)
    environment = clean_environment(tmp_path / "home", {"PYTHONPATH": str(target)})

    def run(*arguments: str) -> str:
        # -P would need Python 3.11; the working folder holds nothing to import
        done = run_command(
            [sys.executable, "-m", "sednactl", *arguments], environment=environment, cwd=tmp_path
        )
        assert done.code == 0, done.err
        return done.out

    where = run_command(
        [sys.executable, "-c", "import sednactl; print(sednactl.__file__)"],
        environment=environment,
        cwd=tmp_path,
    )
    assert where.out.startswith(str(target)), where
    assert run("--version").startswith("sednactl ")
    (tmp_path / "values.yaml").write_text(run("templates", "show", "ji", "--values"))
    manifest = run("create", "ji", "helmet", "-f", "values.yaml", "--dry-run=client", "-o", "yaml")
    (tmp_path / "helmet.yaml").write_text(manifest)
    run("validate", "helmet.yaml")
    assert "maxReplicas" in run("explain", "ji.spec.cloudWorker.hpa")
    for shell in ("bash", "zsh", "fish"):
        assert "sednactl" in run("completion", shell)
