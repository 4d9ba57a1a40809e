"""`crd export`: a release's definitions to standard output, or a file each into a folder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sednactl.cli.crd_words import kinds_of
from sednactl.errors import ExitCode, InvalidInput, UsageError
from sednactl.sedna.releases import release_named

if TYPE_CHECKING:
    from sednactl.surroundings import Surroundings

Json = dict[str, Any]


def write_definitions(
    words: Sequence[str],
    sedna_version: str,
    folder: str | None,
    output: str,
    surroundings: Surroundings,
    *,
    force: bool,
) -> int:
    """Write a release's definitions to standard output, or a file each into a folder."""
    from sednactl.manifests.writing import to_json, to_yaml
    from sednactl.render.objects import unknown_format, write_objects
    from sednactl.sedna.kinds import SEDNA_KINDS
    from sednactl.validation.crd import crd_of
    from sednactl.validation.crd_state import has_kind

    if output not in ("yaml", "json", "name"):
        raise unknown_format(output, ("yaml", "json", "name"))
    release = release_named(sedna_version)
    kinds = kinds_of(words, release) or tuple(
        kind.kind for kind in SEDNA_KINDS if has_kind(kind.kind, release)
    )
    definitions = [crd_of(kind, release, described=output != "name") for kind in kinds]
    if folder is not None:
        _write_files(definitions, folder, output, surroundings, force=force)
    elif output == "name":
        surroundings.stdout.write(write_objects(definitions, "name"))
    else:
        surroundings.stdout.write(to_yaml(definitions) if output == "yaml" else to_json(definitions))
    return ExitCode.DONE


def _write_files(
    definitions: Sequence[Json], folder: str, output: str, surroundings: Surroundings, *, force: bool
) -> None:
    from pathlib import Path

    from sednactl.manifests.writing import to_json, to_yaml

    if output == "name":
        raise UsageError("--dir writes files, -o name only names", hint="leave one of them out")
    place = Path(folder)
    files = {place / f"sedna.io_{one['spec']['names']['plural']}.{output}": one for one in definitions}
    there = [file for file in files if file.exists() or file.is_symlink()]
    if there and not force:
        raise UsageError(f"{there[0]} is there already", hint="--force overwrites such files")
    try:
        place.mkdir(parents=True, exist_ok=True)
        for file, one in files.items():
            file.write_text(to_yaml([one]) if output == "yaml" else to_json([one]), encoding="utf-8")
            surroundings.stdout.write(f"{file}\n")
    except OSError as error:
        raise InvalidInput(f"{error.filename}: cannot be written: {error.strerror}") from None
