"""What every rule owes: a page, a level, a message with the value seen, a hint, and tests both ways."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from sednactl.manifests.document import document_of
from sednactl.validation.check import check_documents
from sednactl.validation.finding import Finding
from sednactl.validation.rulebook import rulebook
from tests.validation import pods, test_learning_rules, test_rules, test_scaling_effect
from tests.validation.test_rules import CLOUD, POD, SERVICE, changed

Case = tuple[str, dict[str, Any], dict[str, Any]]
CASES: list[Case] = [
    *((rule, content, changes) for rule, content, changes, _ in test_rules.SPOILED),
    *((rule, content, changes) for rule, content, changes, _ in test_learning_rules.SPOILED),
    *((rule, content, changes) for rule, content, changes, _ in test_scaling_effect.SPOILED),
    *((rule, SERVICE, {f"{CLOUD}.{POD}": changed(pods.POD, changes)}) for rule, changes, _ in pods.REFUSED),
]
WITHOUT_A_VALUE = {
    "SDN003": "an unknown field's value does not matter",
    "SDN008": "a key is what is wrong",
    "SDN101": "a name of hundreds of characters is counted, not shown",
    "SDN138": "a resource's name is what is wrong",
    "SDN144": "the field is what is wrong",
    "SDN145": "the field is what is wrong",
    "SDN146": "the field is what is wrong",
    "SDN147": "the field is what is wrong",
    "SDN303": "any value fails",
    "SDN402": "the scheme is what is wrong",
    "SDN702": "the field is what is wrong",
}
"""Rules of which some findings do not tell the value, and why."""


def findings(content: Any) -> list[Finding]:
    return check_documents([document_of(content)])


def rules_by_text() -> dict[str, set[str]]:
    """Give, for rules that no table tries, the test files that expect them by their number."""
    told: dict[str, set[str]] = {}
    for file in Path(__file__).parents[1].glob("*/test_*.py"):
        text = re.sub(r"RULES = \([^)]*\)", "", file.read_text("utf-8"))
        for rule in set(re.findall(r"SDN\d{3}", text)) if file.name != Path(__file__).name else ():
            told.setdefault(rule, set()).add(file.name)
    return told


def test_every_rule_is_found_by_a_test() -> None:
    tried, told = {rule for rule, *_ in CASES}, rules_by_text()
    for rule in set(rulebook()) - tried:
        assert told.get(rule, set()) - {"test_rules.py", "test_explain_command.py"}, rule


@pytest.mark.parametrize("rule", sorted({rule for rule, *_ in CASES}))
def test_what_a_finding_says(rule: str) -> None:
    book = rulebook()
    for _, content, changes in [case for case in CASES if case[0] == rule]:
        spoiled = changed(content, changes)
        found = [one for one in findings(spoiled) if one.rule == rule]
        assert found, changes
        if rule != "SDN701":  # the kind itself is what it is about
            assert rule not in {one.rule for one in findings(content)}, "found without the slip too"
        for one in found:
            assert one.hint, one.message
            assert "\n" not in one.message + one.hint
            assert one.message[0].isprintable() and not one.message.endswith(".")
            assert one.level == book[rule].level or rule in test_rules.OF_SEVERAL_LEVELS
            value = at(spoiled, one.path)
            assert shown(value, one.message) or rule in WITHOUT_A_VALUE, (value, one.message)


def at(content: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        content = content.get(step) if isinstance(content, dict) else content[step]
    return content


def shown(value: Any, message: str) -> bool:
    """Tell whether a message shows a value; what is no bare value, or empty, needs no showing."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)) or not str(value).strip():
        return True
    return str(value)[:40] in message


def test_every_page_tells_more_than_its_title() -> None:
    for rule in rulebook().values():
        assert re.fullmatch(r"SDN\d{3}", rule.id)
        assert rule.level in ("error", "warning", "info")
        title, _, body = rule.page.strip().partition("\n")
        assert len(body.split()) > 12, rule.id
        assert 10 < len(title) <= 100, rule.id


@pytest.mark.parametrize("rule", sorted(rulebook()))
def test_every_page_is_explained(rule: str) -> None:
    from sednactl.render.explained import rule_page

    page = rule_page(rulebook()[rule])
    assert page.startswith(f"RULE:       {rule}\nLEVEL:      ")
    assert "\nFIX:        " in page
