"""`validate`: check manifests offline against schemas and against what Sedna does."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from sednactl.cli.options import fleet_command
from sednactl.cluster.access import ClusterAccess
from sednactl.errors import ClusterError, ExitCode, InvalidInput, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sednactl.manifests.sources import Source
    from sednactl.render.findings_run import Checked, Run
    from sednactl.surroundings import Surroundings
    from sednactl.validation.check import Checker
    from sednactl.validation.finding import Finding
    from sednactl.validation.ignoring import Ignoring
    from sednactl.validation.looked import Looked, OfFile
    from sednactl.validation.portions import Item, Stream
    from sednactl.validation.target import Target

_SECONDS_UNTOLD = 0.2
"""Time between two words on how far it is."""

app = typer.Typer(
    rich_markup_mode=None,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.command()
@fleet_command()
def validate(
    ctx: typer.Context,
    access: ClusterAccess,
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="FILE...", help="Files, folders, globs; - reads standard input."),
    ] = None,
    filename: Annotated[
        list[str] | None, typer.Option("-f", "--filename", metavar="FILE", help="The same as FILE; repeats.")
    ] = None,
    recursive: Annotated[
        bool, typer.Option("-R", "--recursive", help="Look into folders below the ones named.")
    ] = False,
    output: Annotated[
        list[str] | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FORMAT[=FILE]",
            help="Report as text, json, junit, sarif or github, on standard output or into a file; repeats.",
        ),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 for warnings too.")] = False,
    ignore: Annotated[
        list[str] | None,
        typer.Option(
            "--ignore",
            metavar="RULE[=REASON]",
            help="Leave out a rule, e.g. SDN213, and keep the reason in the report; repeats.",
        ),
    ] = None,
    sedna_version: Annotated[
        str | None,
        typer.Option("--sedna-version", metavar="VERSION", help="Judge for this release, 0.3 to 0.7."),
    ] = None,
    kubernetes_version: Annotated[
        str | None,
        typer.Option(
            "--kubernetes-version",
            metavar="VERSION",
            help="Judge autoscaling and sidecars for it, e.g. 1.22.",
        ),
    ] = None,
    ask_cluster: Annotated[
        bool,
        typer.Option(
            "--cluster",
            help="Look also whether the cluster has the models, datasets, secrets, nodes and room.",
        ),
    ] = False,
    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs",
            "-j",
            metavar="NUMBER",
            min=1,
            help="Processes that check many files at once (default: one a core; 1 for few files).",
        ),
    ] = None,
    fix: Annotated[
        bool,
        typer.Option(
            "--fix", help="Mend what has one right answer: shows a diff, asks, then validates anew."
        ),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="With --fix: mend without asking.")] = False,
    verbose: Annotated[
        bool,
        typer.Option(
            "--verbose", "-v", help="Show also what is only worth knowing (info); json always holds it."
        ),
    ] = False,
) -> int:
    """Check manifests offline: what the cluster would refuse, and what Sedna would make of the rest.

    With --cluster names that the files do not answer are looked up in the cluster, one list a kind
    and namespace; secrets are only listed, never read. The flags that choose a cluster belong to it.

    Exits 0 without errors, 1 with errors (with --strict also for warnings), 3 when a file
    cannot be read or there is no manifest at all; the other files are checked all the same.

    --fix mends in the files what can be mended in one way only (a time or a number without quotes, a
    metric without its index), and leaves all else, comments and layout included, as it is. Without a
    terminal and without --yes it shows the diff and exits 1. What comes from standard input is
    written, mended, to standard output, and the report to standard error.

    Rules can also be ignored, with a reason, by a comment in the manifest (# sednactl: ignore
    SDN213 reason), by an annotation (ignore.sednactl.io/SDN213: reason), or for a whole project in
    .sednactl.yaml here or in a folder above.

    \b
    Examples:
      sednactl validate helmet.yaml
      sednactl validate -R manifests/ --strict --ignore "SDN213=the lab has one node"
      sednactl create ji helmet -f values.yaml --dry-run=client -o yaml | sednactl validate -
      sednactl validate helmet.yaml -o json
      sednactl validate -R manifests/ -o text -o sarif=out.sarif -o junit=junit.xml
      sednactl validate helmet.yaml --sedna-version 0.6.0 --kubernetes-version 1.22
      sednactl validate helmet.yaml --cluster -n park
      sednactl validate --fix -R manifests/
      sednactl validate --fix - < old.yaml > mended.yaml
      sednactl explain SDN207
    """
    surroundings: Surroundings = ctx.obj
    names = [*(files or ()), *(filename or ())]
    if not names:
        raise UsageError("no file to validate", hint="name files or folders, or - for standard input")
    from sednactl.cli.ignoring_rules import ignoring_of
    from sednactl.render.findings_files import NEEDING_DOCUMENTS, outputs_of, spare_manifests, write_reports
    from sednactl.validation.target import target_named

    outputs = outputs_of(output or ())
    spare_manifests(outputs, names, recursive=recursive, surroundings=surroundings)
    target = target_named(sedna_version, kubernetes_version)
    if not ask_cluster and access != ClusterAccess():
        raise UsageError("flags that choose a cluster need --cluster", hint="without it no cluster is asked")
    infos = verbose or any(each.format != "text" for each in outputs)
    ignoring = ignoring_of(ignore or ())
    if fix:
        from sednactl.cli.mending import Files, mend

        surroundings = mend(
            Files(names, recursive), surroundings, ignoring, target, yes=yes, outputs=outputs, jobs=jobs
        )
    elif yes:
        raise UsageError("--yes answers the question of --fix", hint="add --fix, or leave --yes out")
    run = _Run(surroundings, ignoring, target, access if ask_cluster else None, infos)
    run.checker.looker.titles = any(each.format in NEEDING_DOCUMENTS for each in outputs)
    run.read(names, recursive, jobs)
    run.finish()
    write_reports(outputs, run.outcome(strict=strict, verbose=verbose), surroundings)
    if run.trouble:
        raise run.trouble
    if run.unreadable or not run.counts["documents"]:
        return ExitCode.INVALID
    failed = run.counts["error"] or (strict and run.counts["warning"])
    return ExitCode.FOUND if failed else ExitCode.DONE


class _Run:
    """One run over all files: what was found and what could not be read."""

    def __init__(
        self,
        surroundings: Surroundings,
        ignoring: Ignoring,
        target: Target,
        access: ClusterAccess | None,
        infos: bool,
    ) -> None:
        from sednactl.validation.check import Checker

        self.surroundings = surroundings
        self.access = access
        self.checker: Checker = Checker(ignoring, target, for_cluster=access is not None, infos=infos)
        self.trouble: ClusterError | None = None
        self.counts: Counter[str] = Counter()
        self.findings: list[Finding] = list(ignoring.findings)
        self.unreadable: list[tuple[str, InvalidInput]] = []
        self.names: list[str] = []
        self.documents: list[Checked] = []

    def read(self, names: list[str], recursive: bool, jobs: int | None) -> None:
        """Check what the arguments name; what cannot be read is noted, the rest goes on."""
        self.names += ["standard input" if name == "-" else name for name in names]
        items = self._items(names, recursive)
        if jobs != 1:
            from sednactl.validation.portions import looked_at

            items = looked_at(items, self.checker.looker, jobs)
        from sednactl.cli.ticker import Ticker
        from sednactl.validation.looked import OfFile

        with Ticker(self.surroundings) as tell:
            shown = self.surroundings.monotonic()
            # What runs in a CI may claim to be a terminal, and keeps every line.
            silent = bool(self.surroundings.environ.get("CI"))

            def tell_now_and_then() -> None:
                nonlocal shown
                if silent:
                    return
                now = self.surroundings.monotonic()
                if now - shown > _SECONDS_UNTOLD:
                    shown = now
                    files, documents = self.counts["files"], self._documents()
                    tell(
                        f"checked {files:,} {'file' if files == 1 else 'files'}, "
                        f"{documents:,} {'document' if documents == 1 else 'documents'}"
                    )

            for item in items:
                if isinstance(item, OfFile):
                    self._take(item)
                else:
                    self._look(item, tell_now_and_then)
                tell_now_and_then()

    def _take(self, item: OfFile) -> None:
        """Put what one file, or a part of a stream, holds to the rest."""
        self.counts["files"] += item.found
        for looked in item.looked:
            self._take_document(looked)
        if item.error:
            self.unreadable.append((item.name, item.error))

    def _look(self, item: Source | Stream, tell: Callable[[], None]) -> None:
        """Look at one file, one document at a time: a stream may hold very many."""
        self.counts["files"] += 1
        try:
            for document in item.documents():
                self._take_document(self.checker.looker.look(document))
                tell()
        except InvalidInput as error:
            self.unreadable.append((item.name, error.to_keep()))

    def _take_document(self, looked: Looked) -> None:
        self.findings += self.checker.take(looked)
        if self.checker.looker.titles:
            from sednactl.render.findings_run import Checked

            at = looked.document
            title = looked.title or f"document {at.index + 1}"
            self.documents.append(Checked(at.file, at.index, at.line, title, looked.skipped))

    def _documents(self) -> int:
        return self.checker.checked + self.checker.skipped

    def _items(self, names: list[str], recursive: bool) -> Iterator[Item]:
        """Give every file, and in its place what is wrong with a name."""
        from sednactl.manifests.sources import not_seen, sources_of
        from sednactl.validation.looked import OfFile

        seen: set[str] = set()
        for name in names:
            try:
                found = sources_of([name], recursive=recursive, surroundings=self.surroundings)
                # One folder alone, perhaps of very many files, names none twice.
                yield from not_seen(found, seen) if len(names) > 1 else found
            except InvalidInput as error:
                yield OfFile(name, [], error, found=False)

    def finish(self) -> None:
        """Add what shows over all documents, put everything in order and count."""
        from sednactl.validation.check import in_order

        self.findings = in_order(self.findings + self._together())
        self.counts.update(self.checker.counts)
        self.counts.update(found.level for found in self.checker.ignoring.findings)
        self.counts["left out"] = self.checker.left_out
        self.counts["documents"] = self._documents()
        self.counts["skipped"] = self.checker.skipped
        self.counts["unreadable"] = len(self.unreadable)

    def _together(self) -> list[Finding]:
        """Give what shows over all documents; where the cluster gives no answer, what shows without it."""
        if self.access is None:
            return self.checker.finish()
        from contextlib import closing

        from sednactl.cluster.door import open_cluster

        try:
            with closing(open_cluster(self.access, self.surroundings)) as cluster:
                return self.checker.finish(cluster)
        except ClusterError as error:
            self.trouble = error
            return self.checker.finish()

    def outcome(self, *, strict: bool, verbose: bool) -> Run:
        """Give what reports tell of."""
        from sednactl.render.findings_run import Run, folder_of_sources

        return Run(
            self.findings,
            self.checker.ignored,
            self.unreadable,
            self.counts,
            self.names,
            self.documents,
            self.trouble,
            strict=strict,
            verbose=verbose,
            folder=folder_of_sources(self.surroundings.environ),
        )
