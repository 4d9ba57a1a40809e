"""What `cleanup ghost-instances` has to tell: what was found, what was done, what remains, and what that amounts to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sednactl.errors import ExitCode, SednactlError
from sednactl.lifecycle.cleanup import Cleanup, Outcome
from sednactl.lifecycle.ghost_returns import Remaining
from sednactl.lifecycle.ghost_scan import Scan
from sednactl.lifecycle.ghosts import Ghost


@dataclass(frozen=True)
class GhostReport:
    """The result of one run. `done` is None where nothing was to be deleted, only looked at."""

    scan: Scan
    done: Cleanup | None = None
    remaining: Sequence[Remaining] = ()
    unverified: SednactlError | None = None

    def doomed(self) -> list[Ghost]:
        """Give the ghosts that are, or were, to be deleted."""
        return [ghost for ghost in self.scan.ghosts if ghost.action == "delete"]

    def outcome(self, ghost: Ghost) -> Outcome | None:
        """Give what became of a ghost; None when nothing was done about it."""
        return None if self.done is None else self.done.outcomes.get(ghost.uid)

    def blind(self) -> bool:
        """Tell whether something could not be looked at."""
        return bool(self.scan.unjudged or self.scan.blind)

    def exit_code(self) -> ExitCode:
        """Give the code: 1 ghosts were found, 7 not all could be looked at or removed, 0 none (left)."""
        found = [ghost for ghost in self.scan.ghosts if ghost.verdict == "ghost"]
        if self.done is None:
            if self.blind():
                return ExitCode.PARTIAL
            return ExitCode.FOUND if found else ExitCode.DONE
        outcomes = list(self.done.outcomes.values())
        deleted = any(one.result == "deleted" for one in outcomes)
        if self.done.stopped is not None:
            return ExitCode.PARTIAL if deleted else self.done.stopped.exit_code
        if outcomes and all(one.result == "failed" for one in outcomes):
            return ExitCode.REFUSED
        untouched = any(ghost.action == "keep" for ghost in found)
        incomplete = any(one.result != "deleted" for one in outcomes)
        if untouched or incomplete or self.blind() or self.remaining or self.unverified is not None:
            return ExitCode.PARTIAL
        return ExitCode.DONE
