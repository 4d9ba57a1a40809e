"""A wheel with compiled modules says of every manifest, right or wrong, what the modules themselves say."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
import yaml

from sednactl.sedna.kinds import SEDNA_KINDS
from tests.bench import differing, services
from tests.command import CompletedRun, clean_environment, run_command
from tests.reading.test_everyday import mutated
from tests.validation.mutants import mutate, sample

tomllib = pytest.importorskip(
    "tomllib" if sys.version_info >= (3, 11) else "tomli"
)  # hatchling brings that one
ROOT = Path(__file__).parents[2]
OF_EACH = 60


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel as a user would who asks for it, but for the C compiler's effort; gives it unpacked."""
    if shutil.which("cc") is None:
        pytest.skip("no C compiler")
    folder = tmp_path_factory.mktemp("compiled")
    build = [sys.executable, "-m", "build", "--no-isolation"]
    subprocess.run([*build, "--sdist", "--outdir", folder, ROOT], check=True, capture_output=True)
    (sdist,) = folder.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    (source,) = folder.glob("sednactl-*/")
    project = source / "pyproject.toml"
    project.write_text(project.read_text().replace('opt_level = "2"', 'opt_level = "0"'))
    asked = clean_environment(folder / "home", {"HATCH_BUILD_HOOK_ENABLE_MYPYC": "1"})
    done = subprocess.run(
        [*build, "--wheel", "--outdir", folder, source],
        env=asked,
        capture_output=True,
        text=True,
        timeout=600,  # it takes some 100 s alone, and far more beside other work
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    (wheel,) = folder.glob("*.whl")
    assert "-none-any" not in wheel.name
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder / "site")
    return folder / "site"


@pytest.fixture(scope="module")
def manifests(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write manifests of every sort: right ones, slips of the pen in their text, and broken ones of every kind."""
    folder = tmp_path_factory.mktemp("manifests")
    random_ = random.Random(4)
    right = [*services.services(OF_EACH), *differing.services(OF_EACH)]
    texts = right + [mutated(text, random_) for text in right]
    for kind in SEDNA_KINDS:
        made = [sample(kind.kind, random_) for _ in range(OF_EACH // 6)]
        texts += [yaml.safe_dump(content) for content in (*made, *(mutate(one, random_) for one in made))]
    for number, text in enumerate(texts):
        (folder / f"{number:04}.yaml").write_text(text)
    return folder


def said(arguments: list[str], tmp_path: Path, site: Path | None = None) -> CompletedRun:
    environment = clean_environment(tmp_path / "home", {"PYTHONPATH": str(site or ROOT)})
    command = [sys.executable, "-m", "sednactl", *arguments]
    return run_command(command, environment=environment, cwd=tmp_path)


def test_what_is_compiled_is_what_the_project_names(site: Path, tmp_path: Path) -> None:
    hook = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    wanted = {name.removeprefix("/").removesuffix(".py") for name in hook["hooks"]["mypyc"]["include"]}
    found = {
        file.relative_to(site).as_posix().partition(".")[0] for file in (site / "sednactl").rglob("*.so")
    }
    assert found == wanted
    assert all((ROOT / f"{name}.py").is_file() for name in wanted)
    modules = [name.replace("/", ".") for name in sorted(wanted)]
    asked = f"import importlib; print(*(importlib.import_module(m).__file__ for m in {modules}))"
    environment = clean_environment(tmp_path / "home", {"PYTHONPATH": str(site)})
    done = run_command([sys.executable, "-c", asked], environment=environment, cwd=tmp_path)
    assert all(file.startswith(str(site)) and file.endswith(".so") for file in done.out.split()), done


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_it_says_the_same_of_every_manifest(site: Path, manifests: Path, tmp_path: Path, jobs: str) -> None:
    arguments = ["validate", str(manifests), "-v", "-j", jobs]
    ours, its = said(arguments, tmp_path), said(arguments, tmp_path, site)
    assert (its.code, its.out, its.err) == (ours.code, ours.out, ours.err)
    assert ours.code == 3
    assert "SDN003" in ours.out and "SDN004" in ours.out and "SDN213" in ours.out


def test_it_mends_the_same(site: Path, manifests: Path, tmp_path: Path) -> None:
    arguments = ["validate", str(manifests), "--fix"]
    ours, its = said(arguments, tmp_path), said(arguments, tmp_path, site)
    assert (its.code, its.out, its.err) == (ours.code, ours.out, ours.err)
    assert ours.code == 1
    assert "@@" in ours.out


def test_its_rules_have_their_pages(site: Path, tmp_path: Path) -> None:
    for rule in ("SDN101", "SDN213", "SDN306"):
        assert said(["explain", rule], tmp_path, site).out == said(["explain", rule], tmp_path).out
