"""A kind's fields, or a rule's page, for people: the layout of `kubectl explain`."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from typing import TYPE_CHECKING

from sednactl.sedna.kinds import GROUP, VERSION

if TYPE_CHECKING:
    from sednactl.validation.fields import Explained, Field
    from sednactl.validation.rulebook import Rule


def explained(subject: Explained, *, recursive: bool = False) -> str:
    """Give the page of a kind or a field."""
    lines = [f"GROUP:      {GROUP}", f"KIND:       {subject.kind}", f"VERSION:    {VERSION}", ""]
    if subject.path:
        lines += [f"FIELD: {subject.path[-1]} <{subject.type}>{_required(subject.required)}", ""]
    if subject.description:
        lines += ["DESCRIPTION:", *_wrapped(subject.description, 4), ""]
    if subject.fields:
        lines.append("FIELDS:")
        for field in subject.fields:
            lines += _short(field) if recursive else _long(field)
    return "\n".join(lines).rstrip() + "\n"


def rule_page(rule: Rule) -> str:
    """Give the page of a rule."""
    lines = [f"RULE:       {rule.id}", f"LEVEL:      {rule.level}"]
    if rule.kinds:
        lines.append(f"KINDS:      {', '.join(sorted(rule.kinds))}")
    lines += [*_mend_of(rule), "", rule.title, "", rule_text(rule)]
    return "\n".join(lines).rstrip() + "\n"


def _mend_of(rule: Rule) -> list[str]:
    from sednactl.validation.mends.table import DECISIONS

    decision = DECISIONS[rule.id]
    words = f"FIX:        {'validate --fix' if decision.mend else 'by hand'}: {decision.because}"
    return textwrap.wrap(words, 80, subsequent_indent=" " * 12)


def rule_text(rule: Rule) -> str:
    """Give what the page of a rule says below its title, without the indentation of the source."""
    return textwrap.dedent(rule.page.strip().partition("\n")[2]).strip()


def rule_list(rules: Iterable[Rule], room: int | None = None) -> str:
    """Give all rules, one a line; `room` tells how wide one may be, in cells."""
    from sednactl.render.fitting import fitted

    rows = [(rule.id, rule.level, rule.title) for rule in rules]
    return fitted(("RULE", "LEVEL", "TITLE"), rows, room, under=True)


def _long(field: Field) -> list[str]:
    return (
        [*_short(field), *_wrapped(field.description, 4), ""] if field.description else [*_short(field), ""]
    )


def _short(field: Field) -> list[str]:
    return [f"{'  ' * (field.depth + 1)}{field.name}\t<{field.type}>{_required(field.required)}"]


def _required(required: bool) -> str:
    return " -required-" if required else ""


def _wrapped(words: str, indent: int) -> list[str]:
    return textwrap.wrap(words, 80, initial_indent=" " * indent, subsequent_indent=" " * indent)
