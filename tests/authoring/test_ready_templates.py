"""The templates translated ahead of time are the templates, and a changed one is never passed over."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import jinja2
import pytest

import sednactl.manifests.ready as ready
from sednactl import packaged
from sednactl.manifests.ready.__main__ import translations
from sednactl.manifests.rendering import render_manifest
from sednactl.sedna.kinds import JOINT_INFERENCE

FOLDER = Path(ready.__file__).parent
VALUES: dict[str, Any] = {"cloud": {"model": "b", "image": "c"}, "edge": {"model": "l", "image": "e"}}


def test_the_translations_are_not_stale() -> None:
    there = {file.name for file in FOLDER.glob("*.py") if not file.name.startswith("__")}
    wanted = translations()
    assert there == set(wanted), "run: make templates"
    for name, text in wanted.items():
        made_with = next(
            line for line in (FOLDER / name).read_text().splitlines() if line.startswith("JINJA = ")
        )
        if made_with == f'JINJA = "{jinja2.__version__}"':
            assert (FOLDER / name).read_text() == text, f"{name} is stale, run: make templates"


def test_they_are_used_and_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []
    original = jinja2.Environment.compile
    monkeypatch.setattr(
        jinja2.Environment, "compile", lambda *args, **more: compiled.append("x") or original(*args, **more)
    )
    quick = render_manifest(JOINT_INFERENCE, "n", None, VALUES)
    assert not compiled
    monkeypatch.setattr(ready, "digest", lambda source: "another")
    assert render_manifest(JOINT_INFERENCE, "n", None, VALUES) == quick
    assert len(compiled) == 5


def test_another_jinja_translates_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = render_manifest(JOINT_INFERENCE, "n", None, VALUES)
    monkeypatch.setattr(jinja2, "__version__", "3.1.999")
    assert render_manifest(JOINT_INFERENCE, "n", None, VALUES) == expected


def test_a_changed_template_is_taken_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(packaged.templates_dir(), tmp_path / "templates")
    file = tmp_path / "templates" / "parts" / "mining.yaml.j2"
    file.write_text(file.read_text().replace('default("IBT")', 'default("Threshold")'))
    monkeypatch.setattr(packaged, "_root", lambda: tmp_path)
    (made,) = render_manifest(JOINT_INFERENCE, "n", None, VALUES)
    assert made["spec"]["edgeWorker"]["hardExampleMining"]["name"] == "Threshold"
