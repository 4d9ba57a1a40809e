"""Objects as the rows that kubectl prints."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sednactl.sandbox.api.kinds import Kind
from sednactl.sandbox.api.presenting import Form, partial, typed
from sednactl.sandbox.api.store import Version
from sednactl.sandbox.api.tables.columns import Printer
from sednactl.sandbox.api.tables.printers import PRINTERS, printer_of_custom
from sednactl.sandbox.api.text import Json

__all__ = ["table_of", "table_of_object"]


def table_of(
    kind: Kind, versions: Sequence[Version], meta: Json, form: Form, now: datetime, headed: bool = True
) -> Json:
    """Give a Table of objects; `headed` says whether the column definitions belong to it."""
    printer = _printer(kind)
    rows = [_row(kind, printer, version.object(), form, now) for version in versions]
    return _table(printer, rows, meta, form, headed)


def table_of_object(kind: Kind, content: Json, form: Form, now: datetime) -> Json:
    """Give a Table of one object that need not be stored."""
    printer = _printer(kind)
    meta = {"resourceVersion": content["metadata"].get("resourceVersion", "")}
    return _table(printer, [_row(kind, printer, content, form, now)], meta, form, True)


def _row(kind: Kind, printer: Printer, content: Json, form: Form, now: datetime) -> Json:
    row: Json = {"cells": printer.cells(content, now)}
    if conditions := printer.conditions(content):
        row["conditions"] = conditions
    if form.include == "Object":
        row["object"] = typed(kind, content)
    else:
        row["object"] = None if form.include == "None" else partial(content, form.of)
    return row


def _table(printer: Printer, rows: list[Json], meta: Json, form: Form, headed: bool) -> Json:
    return {
        "kind": "Table",
        "apiVersion": f"meta.k8s.io/{form.of}",
        "metadata": meta,
        "columnDefinitions": printer.definitions() if headed else None,
        "rows": rows,
    }


def _printer(kind: Kind) -> Printer:
    if kind.custom is not None:
        return printer_of_custom(kind.custom)
    return PRINTERS.get((kind.group, kind.plural)) or printer_of_custom({})
