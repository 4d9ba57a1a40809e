"""What every `create` does: gather values, render, check, then print or send."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sednactl.cli.creating_flags import Path, Said
from sednactl.cli.creating_options import DryRun, Request
from sednactl.cli.creating_sent import send, show, warn
from sednactl.errors import ExitCode, InvalidInput, UsageError

if TYPE_CHECKING:
    from sednactl.cluster.access import ClusterAccess
    from sednactl.manifests.document import Document
    from sednactl.manifests.setting import Setting
    from sednactl.manifests.values import Values
    from sednactl.sedna.kinds import SednaKind
    from sednactl.surroundings import Surroundings

Json = dict[str, Any]


def create(
    kind: SednaKind,
    name: str,
    request: Request,
    access: ClusterAccess,
    surroundings: Surroundings,
    *,
    flags: Callable[[Mapping[str, Any]], Said],
    required: Mapping[Path, str],
) -> int:
    """Create one workload. `flags` gets the values of files and --set; `required` names the flag of each required value."""
    if not name:
        raise UsageError("the name is empty", hint=f"for example: sednactl create {kind.word} helmet")
    if request.wait and request.dry_run is not DryRun.NONE:
        raise UsageError("--wait has nothing to wait for in a dry run")
    values = _values(kind, request, surroundings, flags, required)
    namespace = access.namespace or values.content.get("namespace")
    manifests = _manifests(kind, name, namespace, values, request, surroundings)
    if request.dry_run is DryRun.CLIENT:
        show(manifests, request, surroundings, " (dry run)")
        return ExitCode.DONE
    return send(kind, manifests, request, access, surroundings)


def _values(
    kind: SednaKind,
    request: Request,
    surroundings: Surroundings,
    flags: Callable[[Mapping[str, Any]], Said],
    required: Mapping[Path, str],
) -> Values:
    from sednactl.manifests.values import check_values, gather_values

    files = [document for name in request.files for document in _values_file(name, surroundings)]
    try:
        settings = _settings(request)
        lower = gather_values(files, settings)
        said = flags(lower.content)
        metadata = _metadata(request)
    except InvalidInput as error:
        raise (error if files and not error.message.startswith("--") else _as_usage(error)) from None
    values = gather_values(files, settings, {**said.values, **metadata}, said.names)
    check_values(values, kind, complete=False)
    if request.template is None:
        _require(kind, values, required, with_files=bool(files))
    return values


def _as_usage(error: InvalidInput) -> UsageError:
    return UsageError(error.message, hint=error.hint, detail=error.detail)


def _values_file(name: str, surroundings: Surroundings) -> list[Document]:
    from sednactl.manifests.sources import documents_from

    documents = list(documents_from([name], recursive=None, surroundings=surroundings))
    if len(documents) > 1:
        raise InvalidInput(
            f"{name}: holds {len(documents)} documents, values are one", hint="repeat -f for further values"
        )
    return documents


def _settings(request: Request) -> list[Setting]:
    if not request.settings and not request.text_settings:
        return []
    from sednactl.manifests.setting import setting

    typed = [setting(text) for text in request.settings]
    return typed + [setting(text, as_text=True) for text in request.text_settings]


def _metadata(request: Request) -> Json:
    from sednactl.manifests.shorthand import pairs

    found: Json = {}
    if request.labels:
        found["labels"] = pairs(request.labels, "--label")
    if request.annotations:
        found["annotations"] = pairs(request.annotations, "--annotation")
    return found


def _require(kind: SednaKind, values: Values, required: Mapping[Path, str], *, with_files: bool) -> None:
    """Name every required flag that is missing, in one line."""
    from sednactl.manifests.values import missing_values
    from sednactl.manifests.values_schema import spell

    missing = missing_values(values, kind)
    if not missing:
        return
    flags = [required.get(path, spell(path)) for path in missing]
    listed = flags[0] if len(flags) == 1 else f"{', '.join(flags[:-1])} and {flags[-1]}"
    message = f"create {kind.word} still needs {listed}"
    if with_files:
        raise InvalidInput(message, hint=f"in a values file: {', '.join(spell(path) for path in missing)}")
    raise UsageError(
        message, hint=f"or a values file with -f; 'sednactl templates show {kind.word} --values' prints one"
    )


def _manifests(
    kind: SednaKind,
    name: str,
    namespace: str | None,
    values: Values,
    request: Request,
    surroundings: Surroundings,
) -> list[Json]:
    """Render and check the workload, behind the models and datasets that are made with it."""
    from pathlib import Path as FilePath

    from sednactl.manifests.rendering import render_manifest

    template = FilePath(request.template) if request.template is not None else None
    rendered = render_manifest(kind, name, namespace, values.content, template)
    manifests = _companions(kind, name, namespace, rendered, values) + rendered
    _check(manifests, name, surroundings)
    return manifests


def _companions(
    kind: SednaKind, name: str, namespace: str | None, rendered: Sequence[Json], values: Values
) -> list[Json]:
    if not values.content.get("withModels") and not values.content.get("withDatasets"):
        return []
    from sednactl.lifecycle.companions import companions_of
    from sednactl.manifests.rendering import render_manifest

    (workload,) = (
        one for one in rendered if one["kind"] == kind.kind and one["metadata"].get("name") == name
    )
    space = namespace or workload["metadata"].get("namespace")
    found: list[Json] = []
    for one in companions_of(kind, workload, values.content):
        found += render_manifest(one.kind, one.name, space, one.values)
    return found


def _check(manifests: Sequence[Json], name: str, surroundings: Surroundings) -> None:
    """Refuse what validation calls an error and pass on its warnings.

    Places in the rendered text are left out: nobody has that text before them.
    """
    from sednactl.manifests.document import document_of
    from sednactl.validation.check import check_documents, require_valid
    from sednactl.validation.finding import spell_path

    bare = [document_of(manifest, index=index) for index, manifest in enumerate(manifests)]
    findings = check_documents(bare)
    errors = [finding for finding in findings if finding.level == "error"]
    if len(errors) > 1:
        require_valid(bare)
    for finding in errors or findings:
        path = f"{spell_path(finding.path)}: " if finding.path else ""
        text = f"{path}{finding.message} [{finding.rule}]"
        if finding.level == "error":
            raise InvalidInput(f"{name}: {text}", hint=finding.hint or None)
        if finding.level == "warning":
            warn(text + (f" ({finding.hint})" if finding.hint else ""), surroundings)
