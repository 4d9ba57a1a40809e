"""The table of `get --watch`: all rows once, then each row as it changes, under the same columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sednactl.lifecycle.ownership import Family
from sednactl.render.workloads import Row, Table

GONE = "deleted"
"""What stands for the age of a workload that is gone."""


class ChangingTable:
    """Remembers what was shown, and writes only what is new; its age alone makes no row new."""

    def __init__(self, room: int | None, *, headers: bool = True) -> None:
        self._room = room
        self._headers = headers
        self._head = ""
        self._shown: dict[str, Row] = {}

    def update(self, families: Sequence[Family], table: Table) -> str:
        """Write the rows that changed, with the heads where their columns moved.

        `table` has a row for each family. A row that is gone is written once more, as gone.
        """
        age = table.heads.index("AGE")
        rows = dict(zip((family.uid for family in families), table.rows, strict=True))
        gone = {uid: _aged(row, age, GONE) for uid, row in self._shown.items() if uid not in rows}
        news = [uid for uid, row in rows.items() if _changed(self._shown.get(uid), row, age)]
        everything = {**rows, **gone}
        lines = replace(table, rows=tuple(everything.values())).text(self._room).splitlines()
        self._shown = rows
        if not (news or gone):
            return ""
        head, lines_of = lines[0], dict(zip(everything, lines[1:], strict=True))
        told = [lines_of[uid] for uid in (*gone, *news)]
        if self._headers and head != self._head:
            told.insert(0, head)
        self._head = head
        return "".join(f"{line}\n" for line in told)


def _aged(row: Row, at: int, age: str) -> Row:
    return replace(row, cells=(*row.cells[:at], age, *row.cells[at + 1 :]))


def _changed(before: Row | None, row: Row, age: int) -> bool:
    return before is None or _aged(before, age, "") != _aged(row, age, "")
