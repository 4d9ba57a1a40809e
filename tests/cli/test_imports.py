"""Start-up is a feature: what may be imported on the paths that users and scripts wait for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sednactl.cli.scale import ScaleGroup
from tests.authoring.every_kind import FLAGS
from tests.cluster.stub import StubServer
from tests.command import clean_environment

_PROBE = """
import json, sys
from sednactl.cli.main import run
from sednactl.surroundings import Surroundings
code = run(json.loads(sys.argv[1]), Surroundings.of_process())
sys.stderr.write("\\n" + json.dumps([code, sorted({name.partition(".")[0] for name in sys.modules})]))
"""
# What takes tens of milliseconds, or a whole kubectl run, to import.
HEAVY = {
    "aiohttp", "asyncio", "dateutil", "google", "http", "jinja2", "jsonschema",
    "kubernetes", "logging", "multiprocessing", "oauthlib", "pydantic", "referencing", "requests", "rich",
    "ssl", "urllib3", "websocket", "yaml", "yarl", "importlib_metadata", "xml", "sqlite3", "email", "unittest",
}  # fmt: skip
MODEL = """
apiVersion: sedna.io/v1alpha1
kind: Model
metadata: {name: big}
spec: {url: /models/big.pb, format: pb}
"""


def _imported(arguments: list[str], tmp_path: Path, code: int = 0, **environ: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", _PROBE, json.dumps(arguments)],
        env=clean_environment(tmp_path / "home", {"PYTHONPATH": os.pathsep.join(sys.path[:1]), **environ}),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    found, modules = json.loads(done.stderr.splitlines()[-1])
    assert found == code, done.stderr
    return set(modules) & HEAVY


def test_version_imports_no_parser(tmp_path: Path) -> None:
    probe = """if True:
        import sys
        sys.argv = ["sednactl", "--version"]
        from sednactl.cli.main import main
        try:
            main()
        finally:
            sys.stderr.write(" ".join({name.partition(".")[0] for name in sys.modules}))
    """
    done = subprocess.run(
        [sys.executable, "-c", probe],
        env=clean_environment(tmp_path / "home"),
        capture_output=True,
        text=True,
    )
    assert done.stdout.startswith("sednactl ")
    assert not set(done.stderr.split()) & (HEAVY | {"typer", "click", "inspect", "json", "pathlib", "re"})


def test_help(tmp_path: Path) -> None:
    assert _imported(["--help"], tmp_path) == set()


def test_what_every_command_loads_makes_no_dataclasses(tmp_path: Path) -> None:
    assert not _modules(["--help"], tmp_path) & {"dataclasses", "unicodedata"}


def test_create_makes_no_dataclasses(tmp_path: Path) -> None:
    arguments = ["create", "jointinference", "x", *FLAGS["jointinference"], "--dry-run=client", "-o", "yaml"]
    assert "dataclasses" not in _modules(arguments, tmp_path)


@pytest.mark.parametrize("command", ["create", "validate", "get", "scale", "cleanup", "doctor"])
def test_help_of_a_command(tmp_path: Path, command: str) -> None:
    assert _imported([command, "--help"], tmp_path) == set()


def test_validate(tmp_path: Path) -> None:
    (tmp_path / "model.yaml").write_text(MODEL)
    assert _imported(["validate", "model.yaml"], tmp_path) == set()


@pytest.mark.parametrize(
    ("report", "allowed"),
    [("json", set()), ("github", set()), ("sarif", set()), ("text=report", set()), ("junit", {"xml"})],
)
def test_validate_with_a_report(tmp_path: Path, report: str, allowed: set[str]) -> None:
    (tmp_path / "model.yaml").write_text(MODEL)
    assert _imported(["validate", "model.yaml", "-o", report], tmp_path) <= allowed


def test_validate_loads_no_format_that_was_not_asked_for(tmp_path: Path) -> None:
    (tmp_path / "model.yaml").write_text(MODEL)
    modules = _modules(["validate", "model.yaml"], tmp_path)
    formats = {name for name in modules if name.startswith("sednactl.render.findings_")}
    shared = {"sednactl.render.findings_files", "sednactl.render.findings_run"}
    assert formats == shared | {"sednactl.render.findings_text"}


@pytest.mark.parametrize("word", FLAGS)
def test_create_without_a_cluster(tmp_path: Path, word: str) -> None:
    arguments = ["create", word, "x", *FLAGS[word], "--dry-run=client", "-o", "yaml"]
    assert _imported(arguments, tmp_path) == set()


@pytest.mark.parametrize("command", [["get", "-o", "name"], ["scale", "status"]])
def test_reading_from_a_cluster(tmp_path: Path, command: list[str]) -> None:
    kubeconfig = tmp_path / "config"
    with StubServer(tls=True, token="t") as server:
        server.kubeconfig(kubeconfig)
        imported = _imported([*command, "--kubeconfig", str(kubeconfig)], tmp_path)
    assert imported <= {"http", "ssl", "email"}  # http.client reads heads with email


def test_a_command_of_scale_loads_none_of_the_others(tmp_path: Path) -> None:
    modules = _modules(["scale", "status", "--help"], tmp_path)
    commands = {word.module for word in ScaleGroup.words.values()}
    assert {name for name in commands if f"sednactl.cli.{name}" in modules} == {"scale_status"}


def _modules(arguments: list[str], tmp_path: Path) -> set[str]:
    probe = _PROBE.replace('name.partition(".")[0]', "name").replace("[code,", "[0,")
    done = subprocess.run(
        [sys.executable, "-c", probe, json.dumps(arguments)],
        env=clean_environment(tmp_path / "home", {"PYTHONPATH": os.pathsep.join(sys.path[:1])}),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return set(json.loads(done.stderr.splitlines()[-1])[1])
