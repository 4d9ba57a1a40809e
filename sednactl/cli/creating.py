"""What every `create` does: gather values, render, check, then print or send."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from sednactl.cli.creating_options import DryRun, Output, Request
from sednactl.errors import ExitCode, InvalidInput, UsageError

if TYPE_CHECKING:
    from sednactl.cluster.access import ClusterAccess
    from sednactl.cluster.door import Cluster
    from sednactl.lifecycle.apply import Applied
    from sednactl.manifests.document import Document
    from sednactl.manifests.setting import Setting
    from sednactl.manifests.values import Values
    from sednactl.sedna.kinds import SednaKind
    from sednactl.surroundings import Surroundings

Json = dict[str, Any]
Path = tuple[str | int, ...]


class Flags(NamedTuple):
    """What a kind's own flags say, as values, and which flag said what (for messages)."""

    values: Json
    names: Mapping[Path, str]


def create(
    kind: SednaKind,
    name: str,
    request: Request,
    access: ClusterAccess,
    surroundings: Surroundings,
    *,
    flags: Callable[[Mapping[str, Any]], Flags],
    required: Mapping[Path, str],
) -> int:
    """Create one workload. `flags` gets the values of files and --set; `required` names the flag of each required value."""
    if request.wait and request.dry_run is not DryRun.NONE:
        raise UsageError("--wait has nothing to wait for in a dry run")
    values = _values(kind, request, surroundings, flags, required)
    namespace = access.namespace or values.content.get("namespace")
    documents = _documents(kind, name, namespace, values, request, surroundings)
    if request.dry_run is DryRun.CLIENT:
        _show([document.content for document in documents], request, surroundings, " (dry run)")
        return ExitCode.DONE
    return _send(kind, documents, request, access, surroundings)


def _values(
    kind: SednaKind,
    request: Request,
    surroundings: Surroundings,
    flags: Callable[[Mapping[str, Any]], Flags],
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

    documents = list(documents_from([name], recursive=False, surroundings=surroundings))
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


def _documents(
    kind: SednaKind,
    name: str,
    namespace: str | None,
    values: Values,
    request: Request,
    surroundings: Surroundings,
) -> list[Document]:
    from pathlib import Path as FilePath

    from sednactl.manifests.completing import template_values
    from sednactl.manifests.rendering import render_documents

    context = template_values(kind, name, namespace, values.content)
    template = FilePath(request.template) if request.template is not None else None
    documents = render_documents(kind, context, template)
    _check(documents, name, surroundings)
    return documents


def _check(documents: Sequence[Document], name: str, surroundings: Surroundings) -> None:
    """Refuse what validation calls an error and pass on its warnings.

    Places in the rendered text are left out: nobody has that text before them.
    """
    from sednactl.manifests.document import document_of
    from sednactl.validation.check import check_documents, require_valid
    from sednactl.validation.finding import spell_path

    bare = [document_of(document.content, index=document.index) for document in documents]
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
            _warn(text + (f" ({finding.hint})" if finding.hint else ""), surroundings)


def _warn(text: str, surroundings: Surroundings) -> None:
    from sednactl.render.columns import printable

    surroundings.stderr.write(f"warning: {printable(text)}\n")


def _show(objects: Sequence[Json], request: Request, surroundings: Surroundings, remark: str) -> None:
    from sednactl.render.objects import object_name, without_managed_fields

    if request.output is Output.YAML or request.output is Output.JSON:
        from sednactl.manifests.writing import to_json, to_yaml

        write = to_yaml if request.output is Output.YAML else to_json
        text = write([without_managed_fields(item) for item in objects])
    else:
        ending = "" if request.output is Output.NAME else f" created{remark}"
        text = "".join(f"{object_name(item)}{ending}\n" for item in objects)
    surroundings.stdout.write(text)


def _send(
    kind: SednaKind,
    documents: Sequence[Document],
    request: Request,
    access: ClusterAccess,
    surroundings: Surroundings,
) -> int:
    from sednactl.cluster.door import open_cluster
    from sednactl.lifecycle.apply import create_workload
    from sednactl.lifecycle.ordering import apply_order

    manifests = apply_order([document.content for document in documents])
    dry = request.dry_run is DryRun.SERVER
    cluster = open_cluster(access, surroundings)
    created: list[Applied] = []
    try:
        _warn_of_missing(cluster, manifests, surroundings)
        for manifest in manifests:
            applied = create_workload(
                cluster,
                manifest,
                dry_run=dry,
                allow_taken_names=request.allow_taken_names,
                surroundings=None if dry else surroundings,
            )
            created.append(applied)
            if request.output is None:
                _show([applied.object], request, surroundings, " (server dry run)" if dry else "")
            _tell(applied, surroundings)
        if request.output is not None:
            _show([applied.object for applied in created], request, surroundings, "")
        if request.wait:
            surroundings.stdout.flush()
            _wait(cluster, kind, created, request, surroundings)
    finally:
        cluster.close()
    return ExitCode.PARTIAL if any(applied.dropped for applied in created) else ExitCode.DONE


def _warn_of_missing(cluster: Cluster, manifests: Sequence[Json], surroundings: Surroundings) -> None:
    """Say before anything is made which models, datasets and secrets are not there, and what comes of it."""
    from sednactl.lifecycle.apply import missing_references
    from sednactl.sedna.kinds import BY_KIND

    made = {(manifest["kind"], manifest["metadata"]["name"]) for manifest in manifests}
    for manifest in manifests:
        kind = BY_KIND.get(manifest["kind"])
        namespace = manifest["metadata"].get("namespace") or cluster.namespace
        for text in missing_references(cluster, kind, manifest, namespace, made) if kind else ():
            _warn(text, surroundings)


def _tell(applied: Applied, surroundings: Surroundings) -> None:
    """Pass on what the cluster and the operation remarked, as apply does."""
    from sednactl.lifecycle.apply import mend_of_dropped
    from sednactl.render.columns import printable

    for warning in applied.warnings:
        _warn(warning, surroundings)
    for note in applied.notes:
        surroundings.stderr.write(f"note: {printable(note)}\n")
    if applied.dropped:
        name = f"{applied.object.get('kind')} {applied.object['metadata']['name']}"
        _warn(f"the cluster dropped from {name}: {', '.join(applied.dropped)}", surroundings)
        surroundings.stderr.write(f"hint: {mend_of_dropped(applied.dropped)}\n")


def _wait(
    cluster: Cluster,
    kind: SednaKind,
    created: Sequence[Applied],
    request: Request,
    surroundings: Surroundings,
) -> None:
    from sednactl.cli.progress_line import progress_line
    from sednactl.lifecycle.waiting import wait_until_running
    from sednactl.render.objects import object_name

    for applied in created:
        if applied.object["kind"] != kind.kind:
            continue
        metadata = applied.object["metadata"]
        with progress_line(surroundings) as tell:
            state = wait_until_running(
                cluster,
                kind,
                metadata["name"],
                metadata["namespace"],
                request.timeout,
                surroundings,
                tell=tell,
            )
        if request.output is None:
            surroundings.stdout.write(f"{object_name(applied.object)} {state.word.lower()}\n")
