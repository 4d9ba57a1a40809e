"""The steps of `apply`: look at each edit before it is sent, refuse, replace or send, and say what came of it.

Apart from `apply`, which only says what can be typed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sednactl.errors import ExitCode, PartlyDone, SednactlError, Unreachable

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster
    from sednactl.lifecycle.apply import Applied
    from sednactl.lifecycle.deletion import Plan
    from sednactl.lifecycle.edit_preview import EditPreview
    from sednactl.lifecycle.replacement import Orders
    from sednactl.surroundings import Surroundings

Json = dict[str, Any]


@dataclass(frozen=True)
class Wishes:
    """What the flags of `apply` ask for; `timeout` is in seconds."""

    dry_run: bool = False
    force: bool = False
    allow_taken_names: bool = False
    strict: bool = True
    replace: bool = False
    allow_harmful: bool = False
    timeout: float = 300.0


class Applying:
    """Many manifests, one after the other; a refusal for one does not keep the others."""

    def __init__(self, cluster: Cluster, surroundings: Surroundings, output: str, wishes: Wishes) -> None:
        self.cluster = cluster
        self.surroundings = surroundings
        self.output = output
        self.wishes = wishes
        self.sent: list[tuple[Json, str]] = []
        self.failures: list[SednactlError] = []
        self.new_namespaces: set[str] = set()
        self.dropped = False
        self._foretold = False

    def apply(self, manifest: Json) -> None:
        """Send one manifest, or replace what it describes."""
        try:
            self._apply(manifest)
        except Unreachable:
            # Nothing that follows would arrive either; say what did.
            self.finish()
            raise
        except SednactlError as error:
            place = (manifest.get("metadata") or {}).get("namespace") or self.cluster.namespace
            if self.wishes.dry_run and place in self.new_namespaces:
                self._note(f"{manifest['kind']} {manifest['metadata']['name']} could not be tried: "
                           f"namespace {place} does not exist before this is applied")  # fmt: skip
                return
            self.failures.append(error)

    def finish(self) -> int:
        """Write what is still to be written, and give the exit code."""
        from sednactl.cli.main import report

        if self.output != "table":
            write_results(self.sent, self.output, self.surroundings)
        for error in self.failures:
            report(error, self.surroundings)
        if self.failures:
            partly = any(isinstance(error, PartlyDone) for error in self.failures)
            sent = bool(self.sent) and not self.wishes.dry_run
            return ExitCode.PARTIAL if sent or partly else self.failures[0].exit_code
        return ExitCode.PARTIAL if self.dropped else ExitCode.DONE

    def _apply(self, manifest: Json) -> None:
        from sednactl.lifecycle.apply import apply_workload
        from sednactl.lifecycle.edit_preview import preview_edit

        wishes = self.wishes
        self._foretold = False
        if not wishes.dry_run and self._taken_up(manifest):
            return
        edit = preview_edit(
            self.cluster, manifest, force=wishes.force, strict=wishes.strict, thorough=wishes.replace
        )
        if edit is not None:
            for said in edit.sentences():
                self._note(said)
            if edit.needs_replacement and self._replaces(edit):
                self._replace(manifest, edit)
                return
            if edit.harmful and not wishes.allow_harmful:
                raise edit.refusal()
        applied = apply_workload(
            self.cluster,
            manifest,
            dry_run=wishes.dry_run,
            force=wishes.force,
            allow_taken_names=wishes.allow_taken_names,
            strict=wishes.strict,
            surroundings=None if wishes.dry_run else self.surroundings,
        )
        if wishes.dry_run and applied.action == "created" and manifest.get("kind") == "Namespace":
            self.new_namespaces.add(manifest["metadata"]["name"])
        self._done(applied, applied.action)

    def _taken_up(self, manifest: Json) -> bool:
        """Finish a replacement that an earlier run began; tell whether there was one to finish."""
        from sednactl.cli.progress_line import progress_line
        from sednactl.lifecycle.replacement import take_up_replacement
        from sednactl.lifecycle.replacement_record import KEPT_DAYS

        if not (manifest.get("metadata") or {}).get("name"):
            return False
        with progress_line(self.surroundings) as progress:
            replaced = take_up_replacement(self.cluster, manifest, self.surroundings, self._orders(progress))
        if replaced is None:
            return False
        self._done(replaced.applied, "replaced")
        self._note(f"the old one is kept for {KEPT_DAYS} days in {replaced.kept}")
        return True

    def _replaces(self, edit: EditPreview) -> bool:
        """Tell whether to replace: as the flag says, or as somebody at a terminal answers."""
        if self.wishes.replace:
            return True
        if self.wishes.dry_run or self.wishes.allow_harmful or not self.surroundings.interactive():
            if not edit.harmful:
                self._note(edit.way_out(dry_run=self.wishes.dry_run))
            return False
        from sednactl.cli.terminal_line import room_of
        from sednactl.lifecycle.replacement import plan_of_replacement
        from sednactl.render.deletion import plan_text
        from sednactl.render.fitting import breaking

        stream = self.surroundings.stderr
        stream.write(breaking(plan_text(plan_of_replacement(self.cluster, edit.live)), room_of(stream)))
        self._foretold = True
        otherwise = "the edit is stored, and ignored by Sedna"
        if edit.harmful or edit.stored:
            otherwise = "nothing is changed" if edit.harmful else "all stays as it is"
        from sednactl.cli.asking import says_yes

        return says_yes(f"Delete it and create it anew? Without that {otherwise}.", self.surroundings)

    def _replace(self, manifest: Json, edit: EditPreview) -> None:
        from sednactl.cli.progress_line import progress_line
        from sednactl.lifecycle.replacement import plan_of_replacement, replace_workload
        from sednactl.lifecycle.replacement_record import KEPT_DAYS

        if self.wishes.dry_run:
            self._foretell(plan_of_replacement(self.cluster, edit.live))
            self.sent.append((edit.foreseen, "replaced (server dry run)"))
            self._write_last()
            return
        with progress_line(self.surroundings) as progress:
            orders = self._orders(progress)
            replaced = replace_workload(self.cluster, manifest, edit.live, self.surroundings, orders)
        self._done(replaced.applied, "replaced")
        self._note(f"the old one is kept for {KEPT_DAYS} days in {replaced.kept}")

    def _orders(self, progress: Any) -> Orders:
        from sednactl.lifecycle.replacement import Orders

        def tell(left: str) -> None:
            progress(f"waiting for {left} to go" if left else "")

        return Orders(
            self.wishes.timeout,
            self.wishes.allow_taken_names,
            self.wishes.strict,
            progress=tell,
            foretell=self._foretell,
            say=self._note,
        )

    def _foretell(self, plan: Plan) -> None:
        from sednactl.cli.terminal_line import room_of
        from sednactl.render.deletion import plan_text
        from sednactl.render.fitting import breaking

        if self._foretold:
            return  # whoever answered the question has read it
        stream = self.surroundings.stderr
        stream.write(breaking(plan_text(plan), room_of(stream)))
        self.surroundings.stderr.flush()

    def _done(self, applied: Applied, action: str) -> None:
        suffix = " (server dry run)" if self.wishes.dry_run else ""
        self.sent.append((applied.object, f"{action}{suffix}"))
        self._write_last()
        self._remarks(applied)

    def _write_last(self) -> None:
        if self.output == "table":
            write_results(self.sent[-1:], self.output, self.surroundings)
            self.surroundings.stdout.flush()

    def _remarks(self, applied: Applied) -> None:
        from sednactl.lifecycle.apply import mend_of_dropped
        from sednactl.render.columns import printable

        for warning in applied.warnings:
            self.surroundings.stderr.write(f"warning: {printable(warning)}\n")
        for note in applied.notes:
            self._note(note)
        if applied.dropped:
            self.dropped = True
            name = f"{applied.object.get('kind')} {applied.object['metadata']['name']}"
            self.surroundings.stderr.write(
                f"warning: the cluster dropped from {printable(name)}: {printable(', '.join(applied.dropped))}\n"
                f"hint: {mend_of_dropped(applied.dropped)}\n"
            )

    def _note(self, text: str) -> None:
        from sednactl.cli.terminal_line import room_of
        from sednactl.render.columns import printable
        from sednactl.render.fitting import breaking

        stream = self.surroundings.stderr
        stream.write(breaking(f"note: {printable(text)}", room_of(stream), "  "))


def write_results(results: list[tuple[Json, str]], output: str, surroundings: Surroundings) -> None:
    """Write what was done: a line for each object, or the objects themselves."""
    from sednactl.render.columns import printable
    from sednactl.render.objects import object_name, write_objects

    if output == "table":
        for item, done in results:
            surroundings.stdout.write(f"{printable(object_name(item))} {done}\n")
    elif results:
        surroundings.stdout.write(
            write_objects([item for item, _ in results], output, single=len(results) == 1)
        )
