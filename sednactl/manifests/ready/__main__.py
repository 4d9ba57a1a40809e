"""Translates the templates to Python: `python -m sednactl.manifests.ready`."""

from __future__ import annotations

from pathlib import Path

import jinja2

from sednactl.manifests.bounds import BoundedEnvironment
from sednactl.manifests.ready import digest, module_name
from sednactl.packaged import templates_dir

_HEAD = '''"""Translated from templates/{name} by `python -m sednactl.manifests.ready`; not to be edited."""

# ruff: noqa
# fmt: off
# mypy: ignore-errors
JINJA = "{jinja}"
SOURCE = "{digest}"
'''


def translations() -> dict[str, str]:
    """Give the text of every module of translated templates by its file name."""
    found = {}
    folder = templates_dir()
    for file in sorted(folder.rglob("*.yaml.j2")):
        name = file.relative_to(folder).as_posix()
        source = file.read_text("utf-8")
        head = _HEAD.format(name=name, jinja=jinja2.__version__, digest=digest(source))
        body = BoundedEnvironment().compile(source, name, name, raw=True, defer_init=True)
        found[f"{module_name(name)}.py"] = (
            head + body.replace("from __future__ import generator_stop\n", "") + "\n"
        )
    return found


def write() -> None:
    """Write the modules beside this one and take away those whose template is gone."""
    folder = Path(__file__).parent
    wanted = translations()
    for file in folder.glob("*.py"):
        if file.name not in wanted and not file.name.startswith("__"):
            file.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, "utf-8")


if __name__ == "__main__":
    write()
