"""`crd install` and `crd upgrade`: read, show what it does to objects, ask, send, wait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sednactl.cli.crd_words import kinds_of, remark, write_names, write_report
from sednactl.errors import ClusterError, Conflict, ExitCode, Refused, SednactlError, Unreachable, UsageError
from sednactl.sedna.releases import release_named

if TYPE_CHECKING:
    from sednactl.cluster.access import ClusterAccess
    from sednactl.cluster.door import Cluster
    from sednactl.lifecycle.crd_changing import Owned
    from sednactl.lifecycle.crd_losses import KindHarm
    from sednactl.lifecycle.crd_survey import Definitions
    from sednactl.surroundings import Surroundings
    from sednactl.validation.crd_state import DefinitionState

_FORMATS = ("table", "name", "yaml", "json")


@dataclass(frozen=True)
class Wishes:
    """What a user asked of `install` or `upgrade`; `timeout` is in seconds."""

    words: tuple[str, ...]
    sedna_version: str
    dry_run: str
    timeout: float
    output: str
    yes: bool = False
    allow_losses: bool = False
    force: bool = False

    def check(self) -> None:
        """Raise UsageError for words that mean nothing."""
        from sednactl.render.objects import unknown_format

        if self.output not in _FORMATS:
            raise unknown_format(self.output, _FORMATS)
        if self.dry_run not in ("none", "client", "server"):
            raise UsageError(f"--dry-run takes none, client or server, not '{self.dry_run}'")


def install_missing(access: ClusterAccess, surroundings: Surroundings, wishes: Wishes) -> int:
    """Create what is missing and wait until everything of the release is served."""
    from sednactl.cluster.door import open_cluster
    from sednactl.lifecycle.crd_changing import refuse_what_is_leaving
    from sednactl.lifecycle.crd_survey import read_definitions

    wishes.check()
    release = release_named(wishes.sedna_version)
    kinds = kinds_of(wishes.words, release)
    cluster = open_cluster(access, surroundings)
    found = read_definitions(cluster, release, kinds)
    refuse_what_is_leaving(found.states)
    changing = _Changing(cluster, surroundings, wishes, found)
    others = [state for state in found.states if state.state in ("older", "newer", "drifted")]
    for state in others:
        changing.leave(state, "unchanged")
    changing.carry_out([state for state in found.states if state.state == "missing"])
    code = changing.finish()
    if others:
        names = ", ".join(state.name for state in others[:3]) + (" …" if len(others) > 3 else "")
        remark(
            surroundings, [f"not as in {release}, and left as they are: {names}; crd upgrade changes them"]
        )
    return code


def upgrade_existing(access: ClusterAccess, surroundings: Surroundings, wishes: Wishes) -> int:
    """Show what a change of the existing definitions would do, ask, change them, and wait until that is in force."""
    from sednactl.cli.ticker import Ticker
    from sednactl.cluster.door import open_cluster
    from sednactl.lifecycle.crd_changing import action_for, refuse_to_lose_versions, refuse_what_is_leaving
    from sednactl.lifecycle.crd_losses import survey_harm
    from sednactl.lifecycle.crd_survey import read_definitions
    from sednactl.render import crds

    wishes.check()
    if wishes.dry_run == "none" and not wishes.yes and not surroundings.interactive():
        raise UsageError(
            "there is no terminal to ask on whether to change the CRDs",
            hint="add --yes; --dry-run=server only tells what would be done",
        )
    release = release_named(wishes.sedna_version)
    kinds = kinds_of(wishes.words, release)
    cluster = open_cluster(access, surroundings)
    found = read_definitions(cluster, release, kinds)
    changed = [state for state in found.states if state.state in ("older", "newer", "drifted")]
    refuse_what_is_leaving(found.states)
    refuse_to_lose_versions(changed)
    changing = _Changing(cluster, surroundings, wishes, found)
    with Ticker(surroundings) as tell:
        for state in changed:
            tell(f"looking at what objects would lose: {state.kind}")
            changing.harm[state.kind] = survey_harm(
                cluster, state.kind, found.live[state.kind], release, tell
            )
    text = crds.preview_text(
        [(state, action, changing.harm[state.kind]) for state in changed if (action := action_for(state))],
        str(release),
    )
    aside = (
        surroundings.stdout if wishes.dry_run != "none" and wishes.output == "table" else surroundings.stderr
    )
    aside.write(text)
    aside.flush()
    remark(surroundings, crds.remarks_of(found))
    if changed:
        changing.rehearse(changed)
        if wishes.dry_run == "none" and not changing.agreed(changed):
            return ExitCode.FOUND
    changing.carry_out(changed)
    code = changing.finish()
    if any(state.state == "missing" for state in found.states):
        remark(surroundings, ["some CRDs are missing: crd install creates them"])
    return code


class _Changing:
    """One run of `install` or `upgrade`: what was done to each kind, and what failed."""

    def __init__(
        self,
        cluster: Cluster,
        surroundings: Surroundings,
        wishes: Wishes,
        found: Definitions,
    ) -> None:
        self.cluster = cluster
        self.surroundings = surroundings
        self.wishes = wishes
        self.found = found
        self.harm: dict[str, KindHarm] = {}
        self.failures: list[SednactlError] = []
        self._outcomes: list[tuple[DefinitionState, str]] = []
        self._done: list[DefinitionState] = []
        self._own: set[str] = set()
        for state in found.states:
            if state.state == "same":
                self.leave(state, "unchanged")

    def leave(self, state: DefinitionState, word: str) -> None:
        """Note a definition that nothing is done to."""
        self._outcomes.append((state, word))

    def rehearse(self, states: Sequence[DefinitionState]) -> None:
        """Try every change first. Raises Conflict, explained, where others own what it sets and --force-conflicts is not given."""
        from sednactl.lifecycle.crd_changing import rehearse

        if self.wishes.dry_run == "client" or self.wishes.force:
            return
        owned = [
            one
            for state in states
            if (one := rehearse(self.cluster, state.kind, self.found.live[state.kind], self.found.release))
        ]
        self._own = {one.kind for one in owned if one.ours}
        if len(self._own) < len(owned):
            raise _explained([one for one in owned if not one.ours])

    def agreed(self, states: Sequence[DefinitionState]) -> bool:
        """Tell whether the user wants it, knowing what objects would lose."""
        harmed = sum(self.harm[state.kind].harmed for state in states)
        unread = [state.kind for state in states if self.harm[state.kind].unread]
        stream = self.surroundings.stderr
        if self.wishes.yes:
            if (harmed or unread) and not self.wishes.allow_losses:
                if harmed:
                    what = "1 object would be harmed" if harmed == 1 else f"{harmed} objects would be harmed"
                else:
                    what = f"what {unread[0]}s would lose is not known"
                stream.write(f"Nothing was changed: {what}. --allow-losses goes on all the same.\n")
                return False
            return True
        harm = "1 object is harmed" if harmed == 1 else f"{harmed} objects are harmed"
        question = "Change these CRDs" + (f", though {harm}" if harmed else "")
        from sednactl.cli.asking import says_yes

        if says_yes(f"{question}?", self.surroundings):
            return True
        stream.write("Nothing was changed.\n")
        return False

    def carry_out(self, states: Sequence[DefinitionState]) -> None:
        """Send each definition, then wait until all are served; a refusal for one does not keep the others."""
        from sednactl.lifecycle.crd_changing import DONE, action_for, send_definition, was_stored

        dry = self.wishes.dry_run
        wanted = [(state, action) for state in states if (action := action_for(state))]
        for number, (state, action) in enumerate(wanted):
            word = DONE[action] + (f" ({dry} dry run)" if dry != "none" else "")
            try:
                if dry != "client":
                    send_definition(
                        self.cluster,
                        state.kind,
                        self.found.live.get(state.kind),
                        self.found.release,
                        dry_run=dry == "server",
                        force=self.wishes.force or state.kind in self._own,
                    )
            except Unreachable as error:
                self._fail(state, error)
                for other, _ in wanted[number + 1 :]:
                    self.leave(other, "not tried")
                break
            except SednactlError as error:
                doubtful = isinstance(error, ClusterError) and error.in_doubt
                if not (doubtful and was_stored(self.cluster, state.kind, self.found.release)):
                    self._fail(state, error)
                    continue
            self.leave(state, word)
            self._done.append(state)
            self._tell(state, word)
        if dry == "none" and not self._unreachable:
            self._wait()

    def _fail(self, state: DefinitionState, error: SednactlError) -> None:
        """Note what could not be done; a write that may have been carried out all the same is in doubt."""
        self.failures.append(error)
        if isinstance(error, ClusterError) and error.in_doubt:
            self.leave(state, "in doubt")
            self._tell(state, "in doubt: it may or may not be changed")
        else:
            self.leave(state, "failed")

    def _tell(self, state: DefinitionState, word: str) -> None:
        if self.wishes.output == "table":
            self.surroundings.stdout.write(f"{state.name} {word}\n")
            self.surroundings.stdout.flush()

    def _wait(self) -> None:
        from sednactl.cli.ticker import Ticker
        from sednactl.lifecycle.crd_serving import wait_until_served

        # What an earlier run sent, and did not live to see served.
        same = [state for state, _ in self._outcomes if state.state == "same" and state.remarks]
        with Ticker(self.surroundings) as tell:
            try:
                wait_until_served(
                    self.cluster,
                    [*self._done, *same],
                    self.surroundings,
                    timeout=self.wishes.timeout,
                    tell=tell,
                )
            except SednactlError as error:
                self.failures.append(error)

    def finish(self) -> int:
        """Write the result, report what failed, and give the exit code."""
        from sednactl.cli.main import report
        from sednactl.render import crds

        wishes = self.wishes
        if wishes.output == "name":
            write_names(self.surroundings, self._done)
        elif wishes.output != "table":
            outcomes = [
                (state, word.partition(" (")[0], self.harm.get(state.kind)) for state, word in self._outcomes
            ]
            changes = crds.changes_report(str(self.found.release), wishes.dry_run, outcomes)
            write_report(self.surroundings, changes, wishes.output)
        elif not self._done and not self.failures:
            count = len(self._outcomes)
            self.surroundings.stdout.write(f"nothing to do: {count} CRDs are there\n")
        for error in self.failures:
            report(error, self.surroundings)
        if not self.failures:
            return ExitCode.DONE
        if self._unreachable:
            return ExitCode.UNREACHABLE
        partly = self._done and isinstance(self.failures[0], Refused)
        return ExitCode.PARTIAL if partly or self._doubtful else self.failures[0].exit_code

    @property
    def _unreachable(self) -> bool:
        return any(isinstance(error, Unreachable) for error in self.failures)

    @property
    def _doubtful(self) -> bool:
        return any(isinstance(error, ClusterError) and error.in_doubt for error in self.failures)


def _explained(owned: Sequence[Owned]) -> Conflict:
    """Say who owns what, and what it means to take it over."""
    from sednactl.lifecycle.crd_changing import meaning_of_force

    managers = tuple(dict.fromkeys(name for one in owned for name in one.managers))
    who = " and ".join(managers)
    what = f"{len(owned)} CRDs" if len(owned) > 1 else f"the CRD of {owned[0].kind}"
    return Conflict(
        f"{what} would have to be taken from the field manager {who}",
        reason="Conflict",
        hint=f"--force-conflicts does that. {meaning_of_force(managers)}",
        detail=[f"{one.kind}: {line}" for one in owned for line in one.lines],
    )
