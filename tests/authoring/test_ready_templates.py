"""The templates translated ahead of time are the templates, and a changed one is never passed over."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sednactl.manifests.ready as ready
from sednactl import packaged
from sednactl.errors import InvalidInput
from sednactl.manifests.reading import read_documents
from sednactl.manifests.ready.__main__ import translations
from sednactl.manifests.ready.running import Macro, Running, Unanswered, Undefined
from sednactl.manifests.rendering import render_manifest, render_text
from sednactl.manifests.templates import example_values, packaged_templates
from sednactl.manifests.values import gather_values
from sednactl.sedna.kinds import JOINT_INFERENCE, MODEL, kind_named

FOLDER = Path(ready.__file__).parent
VALUES: dict[str, Any] = {"cloud": {"model": "b", "image": "c"}, "edge": {"model": "l", "image": "e"}}
TEXTS = st.text(st.characters(blacklist_categories=["Cs"]), min_size=1)


def by_jinja(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ready, "ready_text", lambda *_: None)


def test_the_translations_are_not_stale() -> None:
    own = {"__init__.py", "__main__.py", "running.py"}
    there = {file.name for file in FOLDER.glob("*.py")} - own
    wanted = translations()
    assert there == set(wanted), "run: make templates"
    for name, text in wanted.items():
        made_with = next(
            line for line in (FOLDER / name).read_text().splitlines() if line.startswith("JINJA = ")
        )
        if made_with == f'JINJA = "{jinja2.__version__}"':
            assert (FOLDER / name).read_text() == text, f"{name} is stale, run: make templates"


@pytest.mark.parametrize("word", [template.word for template in packaged_templates()])
def test_they_are_used_and_write_what_jinja_writes(word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = kind_named(word)
    assert kind is not None
    values = gather_values(read_documents(example_values(word).encode(), "example"), []).content
    monkeypatch.setitem(sys.modules, "jinja2.sandbox", None)  # importing it fails
    quick = render_manifest(kind, "n", "park", values)
    monkeypatch.undo()
    by_jinja(monkeypatch)
    assert render_manifest(kind, "n", "park", values) == quick


@given(
    env=st.dictionaries(TEXTS, TEXTS, max_size=3),
    extra=st.dictionaries(TEXTS, st.recursive(TEXTS | st.integers(-9, 9) | st.none(), st.lists), max_size=3),
    image=TEXTS,
)
def test_any_text_is_written_as_jinja_writes_it(
    env: dict[str, str], extra: dict[str, Any], image: str
) -> None:
    side = {"model": "m", "image": image, "env": env, "container": extra}
    context = _context({"cloud": side, "edge": side})
    quick = ready.ready_text("jointinference.yaml.j2", context, _source)
    assert quick is not None
    with pytest.MonkeyPatch.context() as patch:
        by_jinja(patch)
        assert render_text(JOINT_INFERENCE, context) == quick


def _context(values: dict[str, Any]) -> dict[str, Any]:
    from sednactl.manifests.completing import template_values

    return template_values(JOINT_INFERENCE, "n", None, values)


def _source(name: str) -> str:
    return (packaged.templates_dir() / name).read_text("utf-8")


def test_what_is_not_there_is_left_to_jinja_which_says_so() -> None:
    context: dict[str, Any] = {"metadata": {"name": "n", "namespace": None, "labels": {}, "annotations": {}}}
    assert ready.ready_text("model.yaml.j2", context, _source) is None
    with pytest.raises(InvalidInput, match="'url' is undefined"):
        render_text(MODEL, context)


@pytest.mark.parametrize(
    "use", [bool, str, len, iter, lambda it: it == 1, lambda it: 1 in it, lambda it: it["x"], lambda it: it()]
)
def test_nothing_can_be_made_of_a_value_that_is_not_there(use: Any) -> None:
    with pytest.raises(Unanswered):
        use(Undefined())
    with pytest.raises(Unanswered):
        Running.getattr(Undefined(), "x")


def test_a_macro_takes_what_it_names_and_nothing_else() -> None:
    macro = Macro(None, lambda a, b: f"{a}{b}", "m", ("a", "b"), False, False, False, False)
    assert macro("1", b="2") == "12"
    with pytest.raises(Unanswered):
        macro("1", "2", "3")
    with pytest.raises(Unanswered):
        macro("1", c="2")


def test_a_changed_template_is_taken_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(packaged.templates_dir(), tmp_path / "templates")
    file = tmp_path / "templates" / "parts" / "worker.yaml.j2"
    assert "IfNotPresent" in file.read_text()
    file.write_text(file.read_text().replace("IfNotPresent", "Always"))
    monkeypatch.setattr(packaged, "_root", lambda: tmp_path)
    (made,) = render_manifest(JOINT_INFERENCE, "n", None, VALUES)
    (container,) = made["spec"]["edgeWorker"]["template"]["spec"]["containers"]
    assert container["imagePullPolicy"] == "Always"
