"""What validate is asked to ignore: by its flags, and by the project file of the folder it runs in."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

from sednactl.errors import InvalidInput, UsageError
from sednactl.manifests.sources import PROJECT_FILE

if TYPE_CHECKING:
    from sednactl.validation.ignoring import Ignoring


def ignoring_of(words: Iterable[str]) -> Ignoring:
    """Give what `--ignore` and the nearest project file, here or in a folder above, leave out.

    Raises UsageError for a flag that names no rule, InvalidInput for a project file that says
    what is not understood.
    """
    from sednactl.validation.ignoring import from_command_line, from_project_file

    ignoring = from_command_line(words)
    file = _project_file()
    if not ignoring.everywhere and file is None:
        return ignoring
    from sednactl.validation.rulebook import rulebook

    unknown = [rule for rule in ignoring.everywhere if rule not in rulebook()]
    if unknown:
        raise UsageError(f"no rule is called {unknown[0]}", hint="'sednactl explain rules' lists them")
    if file is not None:
        from sednactl.manifests.reading import read_documents

        shown = os.path.relpath(file)
        try:
            with open(file, "rb") as stream:  # noqa: PTH123
                documents = read_documents(stream.read(), shown)
        except OSError as error:
            raise InvalidInput(f"{shown}: {(error.strerror or str(error)).lower()}") from None
        for document in documents[:1]:
            from_project_file(document, os.path.dirname(file), rulebook(), ignoring)  # noqa: PTH120
    return ignoring


def _project_file() -> str | None:
    try:
        folder = os.getcwd()  # noqa: PTH109
    except FileNotFoundError:
        return None  # somebody removed the folder that we run in
    while True:
        file = f"{folder.rstrip('/')}/{PROJECT_FILE}"
        if os.path.isfile(file):  # noqa: PTH113
            return file
        above = os.path.dirname(folder)  # noqa: PTH120
        if above == folder:
            return None
        folder = above
