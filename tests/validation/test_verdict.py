"""The quick verdict says no exactly where the walk that explains finds something."""

from __future__ import annotations

import os
import random
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sednactl.sedna.quantity import is_plain_quantity
from sednactl.sedna.releases import LATEST, Release
from sednactl.validation.schemas import Node, schema_of
from sednactl.validation.structure import explained, structural_problems
from sednactl.validation.verdict import compiled, manifest_test
from tests.validation.mutants import STRANGE, mutate, sample
from tests.validation.test_schemas import HAVING

MUTANTS = int(os.environ.get("SEDNACTL_FUZZ", "200"))


def agreed(root: Node, content: dict[str, Any], release: Release = LATEST) -> bool:
    """Hold the two against each other, and give what they say."""
    fits = manifest_test(root).takes(content)
    problems = explained(root, content, release)
    assert fits == (not problems), (content, problems)
    return fits


@pytest.mark.parametrize(("kind", "release"), HAVING, ids=str)
def test_mutants_of_every_kind(kind: str, release: Release) -> None:
    root = schema_of(kind, release)
    assert root is not None
    rng = random.Random(f"quick verdicts of {kind} in {release}")
    right = 0
    for _ in range(MUTANTS):
        mutant = mutate(sample(kind, rng, rng.choice((release, LATEST))), rng)
        if rng.random() < 0.1:
            mutant["status"] = rng.choice(STRANGE)
        right += agreed(root, mutant, release)
    assert 0 < right < MUTANTS


def test_the_walk_is_spared_where_nothing_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    def walked(*_: object) -> None:
        raise AssertionError("explained what is right")

    content = sample("JointInferenceService", random.Random(1))
    broken = content | {"spec": {}}
    problems = structural_problems("JointInferenceService", broken)
    assert {problem.rule for problem in problems} == {"SDN005"}
    monkeypatch.setattr("sednactl.validation.structure.explained", walked)
    assert structural_problems("JointInferenceService", content) == []
    with pytest.raises(AssertionError, match="explained"):
        structural_problems("JointInferenceService", broken)


@given(st.text("019numkKMGTPEi.+-e ٣", max_size=5))
def test_plain_quantities_have_the_form_that_the_schema_asks_for(text: str) -> None:
    node = schema_of("JointInferenceService")
    for name in ("spec", "edgeWorker", "template", "spec", "containers"):
        node = node.field(name) if node else None
    resources = node.items.field("resources") if node and node.items else None
    limits = resources.field("limits") if resources else None
    assert limits and limits.additional and limits.additional.name == "Quantity"
    if is_plain_quantity(text):
        assert compiled(limits.additional.limit("pattern")).search(text)


NAMES = st.sampled_from(("a", "b", "c"))
ENDS = st.one_of(st.none(), st.integers(-3, 3))


def _set(**limits: Any) -> dict[str, Any]:
    return {name.replace("_", "-"): value for name, value in limits.items() if value is not None}


NUMBERS = st.builds(
    lambda type_, format_, least, most, values: _set(
        type=type_, format=format_, minimum=least, maximum=most, enum=values
    ),
    st.sampled_from(("integer", "number")),
    st.sampled_from((None, "int32", "int64")),
    ENDS,
    ENDS,
    st.one_of(st.none(), st.lists(st.integers(-3, 3), max_size=3)),
)
TEXTS = st.builds(
    lambda pattern, values, default: _set(type="string", pattern=pattern, enum=values, default=default),
    st.sampled_from((None, "^[ab]+$", "b", "^$")),
    st.one_of(st.none(), st.lists(NAMES, max_size=2)),
    st.sampled_from((None, "a")),
)
LEAVES = st.one_of(
    NUMBERS,
    TEXTS,
    st.just({"type": "boolean"}),
    st.just({"x-kubernetes-int-or-string": True, "pattern": "^[0-9]+m?$"}),
    st.just({}),
)


def _object(fields: dict[str, Any], required: list[str], additional: Any) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "object", "properties": fields, "required": required}
    return schema if additional is None else schema | {"additionalProperties": additional}


def _list(kind: str | None, fields: dict[str, Any], keys: list[str]) -> dict[str, Any]:
    made = {"type": "array", "items": {"type": "object", "properties": fields}}
    return made | ({"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": keys} if kind else {})


SCHEMAS = st.recursive(
    LEAVES,
    lambda below: st.one_of(
        st.builds(
            _object,
            st.dictionaries(NAMES, below, max_size=3),
            st.lists(NAMES, max_size=2, unique=True),
            st.one_of(st.none(), st.just(False), below),
        ),
        st.builds(lambda items: {"type": "array", "items": items}, below),
        st.builds(
            lambda items: {"type": "array", "items": items, "x-kubernetes-list-type": "set"},
            st.one_of(NUMBERS, TEXTS),
        ),
        st.builds(
            _list,
            st.sampled_from((None, "map")),
            st.dictionaries(NAMES, st.one_of(NUMBERS, TEXTS), min_size=1, max_size=3),
            st.lists(NAMES, min_size=1, max_size=2, unique=True),
        ),
        st.just({"type": "array"}),
    ),
    max_leaves=6,
)
VALUES = st.recursive(
    st.one_of(st.sampled_from([one for one in STRANGE if not isinstance(one, (list, dict))]), NAMES),
    lambda below: st.one_of(st.lists(below, max_size=3), st.dictionaries(NAMES, below, max_size=3)),
    max_leaves=8,
)


@st.composite
def fitting(draw: st.DrawFn, schema: dict[str, Any]) -> Any:
    """A value that fits a schema more often than not."""
    if draw(st.integers(0, 9)) == 0:
        return draw(VALUES)
    kind = schema.get("type")
    if kind == "object":
        extra = schema.get("additionalProperties")
        names = {*schema["required"], *draw(st.lists(NAMES, max_size=2))} if "required" in schema else NAMES
        names = names if isinstance(names, set) else set(schema["properties"])
        below = {name: schema["properties"].get(name) or extra for name in sorted(names)}
        return {name: draw(fitting(one)) for name, one in below.items() if one}
    if kind == "array":
        return draw(st.lists(fitting(schema.get("items", {})), max_size=3))
    if kind == "boolean":
        return draw(st.booleans())
    if kind in ("integer", "number"):
        return draw(st.one_of(st.integers(-3, 3), st.sampled_from((2.0, 2**31, 0.5, True))))
    return draw(st.one_of(NAMES, st.sampled_from(("", "1m", "ab", "ab\n", 1))))


@st.composite
def pairs(draw: st.DrawFn) -> tuple[dict[str, Any], Any]:
    schema = draw(SCHEMAS)
    return schema, draw(fitting(schema))


KEYED = _list("map", {"a": {"type": "integer"}, "b": {"type": "string", "default": "x"}}, ["a", "b"])


@settings(max_examples=max(100, MUTANTS // 2), deadline=None)
@example((KEYED, [{"a": 1}, {"a": 1, "b": "x"}]))
@example((KEYED, [{"a": 1}, {"a": 1.0}]))
@example((_list("map", {"a": {"type": "string"}}, ["a"]), [{}, {}]))
@example((_list("map", {"a": {"type": "string", "default": "a"}}, ["a"]), [{}, {"a": "a"}]))
@example(({"type": "object", "properties": {}, "additionalProperties": False}, {"a": None}))
@given(pairs())
def test_any_value_in_any_schema(pair: tuple[dict[str, Any], Any]) -> None:
    """Also with what no schema of today has: bounds of every sort, sets, fields beside free ones."""
    schema, value = pair
    root = Node({"type": "object", "properties": {"spec": schema, "status": schema}}, "any.json", "0.7")
    agreed(root, {"spec": value})
    agreed(root, {"spec": None, "status": value})
