"""The templates that come along: their names, their text, and which of them make a manifest.

Only files below templates/ and, for a template of the user's own, files that end
in .j2 below that template's folder can be reached by name.
"""

from __future__ import annotations

from pathlib import Path

from sednactl.errors import InvalidInput, UsageError
from sednactl.packaged import templates_dir
from sednactl.records import Record
from sednactl.sedna.kinds import SEDNA_KINDS, SednaKind, kind_named

SUFFIX = ".yaml.j2"
_EXAMPLES = "examples"


class PackagedTemplate(Record):
    """One template that comes along. `word` is what `create` calls its kind."""

    word: str
    kind: str
    name: str
    purpose: str


def packaged_templates() -> list[PackagedTemplate]:
    """List the templates that make a manifest, in the order of Sedna's kinds."""
    found = []
    for kind in SEDNA_KINDS:
        file = templates_dir() / template_name(kind)
        if file.is_file():
            found.append(PackagedTemplate(kind.word, kind.kind, file.name, _purpose(file.read_text("utf-8"))))
    return found


def template_name(kind: SednaKind) -> str:
    """Give the file name of a kind's template."""
    return f"{kind.word}{SUFFIX}"


def template_named(word: str) -> str:
    """Give the name of a template by its kind's word or its file name; parts such as `parts/worker.yaml.j2` too.

    Raises UsageError when none comes along by that name.
    """
    kind = kind_named(word)
    name = template_name(kind) if kind else word
    if packaged_file(name) is None:
        known = ", ".join(template.word for template in packaged_templates())
        raise UsageError(f"there is no template '{word}'", hint=f"there are: {known}")
    return name


def packaged_file(name: str) -> Path | None:
    """Give the path of a template that comes along by its name, None when there is none."""
    return _inside(templates_dir(), name)


def own_file(folder: Path, name: str) -> Path | None:
    """Give the path of a template below the user's own folder, None when there is none."""
    return _inside(folder, name) if name.endswith(".j2") else None


def example_values(word: str) -> str:
    """Give the example values file of a kind. Raises InvalidInput when there is none."""
    kind = kind_named(word)
    file = packaged_file(f"{_EXAMPLES}/{kind.word}.yaml") if kind else None
    if file is None:
        raise InvalidInput(f"there is no example of values for '{word}'")
    return file.read_text("utf-8")


def _inside(folder: Path, name: str) -> Path | None:
    """Join a name to a folder; names and links that lead out of it find nothing."""
    file = folder / name
    if not file.is_file():
        return None
    return file if file.resolve().is_relative_to(folder.resolve()) else None


def _purpose(text: str) -> str:
    """Take a template's first comment as its one-line description."""
    start, end = text.find("{#"), text.find("#}")
    return " ".join(text[start + 2 : end].strip("- \n").split()) if 0 <= start < end else ""
