"""Translates the templates to Python: `python -m sednactl.manifests.ready`."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import jinja2

from sednactl.manifests.bounds import BoundedEnvironment
from sednactl.manifests.ready import module_name, running
from sednactl.packaged import templates_dir

_HEAD = '''"""Translated from templates/{name} by `python -m sednactl.manifests.ready`; not to be edited."""

# ruff: noqa
# fmt: off
# mypy: ignore-errors
JINJA = "{jinja}"
SOURCE = {source!r}
from sednactl.manifests.ready.running import {names}
'''
_IMPORT = re.compile(r"^from jinja2\.runtime import (.*)\n", re.MULTILINE)


def translations() -> dict[str, str]:
    """Give the text of every module of translated templates by its file name."""
    found = {}
    folder = templates_dir()
    for file in sorted(folder.rglob("*.yaml.j2")):
        name = file.relative_to(folder).as_posix()
        source = file.read_text("utf-8")
        body = BoundedEnvironment().compile(source, name, name, raw=True, defer_init=True)
        body = body.replace("from __future__ import generator_stop\n", "")
        head = _HEAD.format(
            name=name, jinja=jinja2.__version__, source=source, names=", ".join(_runtime_names(name, body))
        )
        found[f"{module_name(name)}.py"] = head + _IMPORT.sub("", body) + "\n"
    return found


def _runtime_names(template: str, body: str) -> list[str]:
    """Give what a translation really takes from Jinja's runtime. Raises where ours does not have it."""
    offered = {name for line in _IMPORT.findall(body) for name in line.split(", ")}
    used = {node.id for node in ast.walk(ast.parse(_IMPORT.sub("", body))) if isinstance(node, ast.Name)}
    names = sorted(offered & used)
    lacking = [name for name in names if not hasattr(running, name)]
    if lacking:
        raise SystemExit(
            f"{template} uses {', '.join(lacking)} of Jinja, which ready/running.py does not have"
        )
    return names


def write() -> None:
    """Write the modules beside this one and take away those whose template is gone."""
    folder = Path(__file__).parent
    wanted = translations()
    for file in folder.glob("*.py"):
        if file.name not in wanted and not file.name.startswith("__") and file.name != "running.py":
            file.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, "utf-8")


if __name__ == "__main__":
    write()
