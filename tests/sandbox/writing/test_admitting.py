"""What decodes, what is said about it, and what is filled in."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from sednactl.sandbox.api.refusal import Refusal
from sednactl.sandbox.api.writing import (
    admit,
    structure_of_builtin,
    structure_of_crd,
    validate_create,
    validate_update,
    with_defaults,
)
from sednactl.sandbox.api.writing.quantities import canonical_quantity

POD = structure_of_builtin("v1", "Pod")
WIDGET = structure_of_crd(
    {
        "type": "object",
        "properties": {
            "spec": {
                "type": "object",
                "required": ["size"],
                "properties": {
                    "size": {"type": "integer", "format": "int32", "minimum": 1, "maximum": 9, "default": 3},
                    "mode": {"type": "string", "enum": ["a", "b"]},
                    "maybe": {"type": "string", "nullable": True},
                    "name": {"type": "string", "pattern": "^[a-z]+$", "maxLength": 3, "minLength": 2},
                    "port": {"x-kubernetes-int-or-string": True},
                    "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
                    "map": {"type": "object", "additionalProperties": {"type": "string"}, "maxProperties": 2},
                    "set": {"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "set"},
                    "few": {"type": "array", "items": {"type": "number"}, "minItems": 1, "maxItems": 2},
                    "rows": {
                        "type": "array",
                        "x-kubernetes-list-type": "map",
                        "x-kubernetes-list-map-keys": ["id"],
                        "items": {
                            "type": "object",
                            "properties": {
                                "id": {"type": "string"},
                                "on": {"type": "boolean", "default": True},
                            },
                        },
                    },
                },
            },
            "status": {"type": "object", "properties": {"ok": {"type": "boolean"}}},
        },
    },
    "x.io/v1",
    "Widget",
)


def widget(**spec: Any) -> dict[str, Any]:
    return {"apiVersion": "x.io/v1", "kind": "Widget", "metadata": {"name": "w"}, "spec": spec}


def pod(**spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "p"},
        "spec": {"containers": [{"name": "c", "image": "i"}], **spec},
    }


def stored(**spec: Any) -> dict[str, Any]:
    filled: dict[str, Any] = with_defaults(admit(widget(**spec), WIDGET).object, WIDGET)["spec"]
    return filled


def test_duplicate_keys_are_seen_in_the_body() -> None:
    raw = b'{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","name":"q"},"spec":{"containers":[{"name":"a","image":"b","image":"c"}]}}'
    with pytest.raises(Refusal) as refused:
        admit(json.loads(raw), POD, "Strict", raw=raw)
    assert refused.value.status == 400
    assert refused.value.message == (
        'Pod in version "v1" cannot be handled as a Pod: strict decoding error: '
        'duplicate field "metadata.name", duplicate field "spec.containers[0].image"'
    )
    warned = admit(json.loads(raw), POD, "Warn", raw=raw)
    assert warned.warnings == (
        'duplicate field "metadata.name"',
        'duplicate field "spec.containers[0].image"',
    )
    assert admit(json.loads(raw), POD, "Ignore", raw=raw).warnings == ()


def test_unknown_fields_are_left_out_and_told() -> None:
    admitted = admit(pod(what=1), POD, "Warn")
    assert admitted.warnings == ('unknown field "spec.what"',)
    assert "what" not in admitted.object["spec"]


def test_the_argument_stays_as_it_was() -> None:
    for structure, body in ((POD, pod(nodeName="n", what=1)), (WIDGET, widget(rows=[{"id": "a", "x": 1}]))):
        before = copy.deepcopy(body)
        admitted = admit(body, structure).object
        kept = copy.deepcopy(admitted)
        with_defaults(admitted, structure)
        assert body == before
        assert admitted == kept


def test_a_free_part_of_a_custom_object_keeps_everything() -> None:
    assert stored(free={"a": {"b": [1]}}, gone=1) == {"free": {"a": {"b": [1]}}, "size": 3}


def test_defaults_of_a_schema_fill_gaps_and_nulls() -> None:
    assert stored() == {"size": 3}
    assert stored(size=None, mode=None, maybe=None) == {"size": 3, "maybe": None}
    assert stored(rows=[{"id": "a"}, {"id": "b", "on": False}])["rows"] == [
        {"id": "a", "on": True},
        {"id": "b", "on": False},
    ]


@pytest.mark.parametrize(
    ("spec", "causes"),
    [
        (
            {"size": "x"},
            ['spec.size: Invalid value: "string": spec.size in body must be of type integer: "string"'],
        ),
        (
            {"size": 0},
            ["spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1"],
        ),
        ({"size": 10}, ["spec.size: Invalid value: 10: spec.size in body should be less than or equal to 9"]),
        ({"size": 2.0}, []),
        ({"mode": "c"}, ['spec.mode: Unsupported value: "c": supported values: "a", "b"']),
        ({"name": "A1"}, ["spec.name: Invalid value: \"A1\": spec.name in body should match '^[a-z]+$'"]),
        (
            {"name": "ab\n"},
            ["spec.name: Invalid value: \"ab\\n\": spec.name in body should match '^[a-z]+$'"],
        ),
        ({"name": "abcd"}, ["spec.name: Too long: may not be more than 3 bytes"]),
        ({"name": "a"}, ['spec.name: Invalid value: "a": spec.name in body should be at least 2 chars long']),
        ({"port": 1}, []),
        ({"port": "http"}, []),
        (
            {"port": True},
            [
                'spec.port: Invalid value: "boolean": spec.port in body must be of type integer,string: "boolean"'
            ],
        ),
        (
            {"map": {"a": 1}},
            ['spec.map.a: Invalid value: "integer": spec.map.a in body must be of type string: "integer"'],
        ),
        ({"map": dict.fromkeys("abc", "")}, ["spec.map: Too many: 3: must have at most 2 items"]),
        (
            {"rows": ["x"]},
            [
                'spec.rows[0]: Invalid value: "string": spec.rows[0] in body must be of type object: "string"',
                'spec.rows[0]: Invalid value: "x": must be an object for an array of list-type map',
            ],
        ),
        ({"set": ["a", "b", "a", "a"]}, ['spec.set[2]: Duplicate value: "a"']),
        ({"few": []}, ["spec.few: Invalid value: 0: spec.few in body should have at least 1 items"]),
        ({"few": [1, 2.5, 3]}, ["spec.few: Too many: 3: must have at most 2 items"]),
        (
            {"rows": [{"id": "a"}, {"id": "a"}]},
            ['spec.rows[1]: Duplicate value: map[string]interface {}{"id":"a"}'],
        ),
    ],
)
def test_a_schema_is_held_in_the_api_servers_words(spec: dict[str, Any], causes: list[str]) -> None:
    body = with_defaults(admit(widget(**spec), WIDGET).object, WIDGET)
    if not causes:
        validate_create(body, WIDGET)
        return
    with pytest.raises(Refusal) as refused:
        validate_create(body, WIDGET)
    error = refused.value
    assert [f"{cause.field}: {cause.message}" for cause in error.causes] == causes
    told = causes[0] if len(causes) == 1 else f"[{', '.join(causes)}]"
    assert error.message == f'Widget.x.io "w" is invalid: {told}'
    assert (error.status, error.name, error.group, error.kind) == (422, "w", "x.io", "Widget")


def test_through_the_status_only_the_status_is_judged() -> None:
    old = widget(size="wrong")
    new = {**old, "status": {"ok": "yes"}}
    with pytest.raises(Refusal) as refused:
        validate_update(old, new, WIDGET, subresource="status")
    assert [cause.field for cause in refused.value.causes] == ["status.ok"]
    assert (
        refused.value.causes[0].message
        == 'Invalid value: "string": ok in body must be of type boolean: "string"'
    )


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("1000m", "1"), ("0.5", "500m"), ("1024Mi", "1Gi"), ("0.5Gi", "512Mi"), ("1e3", "1e3"), ("1000", "1k"),
        ("1500M", "1500M"), ("100k", "100k"), ("1Ki", "1Ki"), ("0", "0"), ("-1", "-1"), ("1.5Gi", "1536Mi"),
        ("0.1m", "100u"), ("1E", "1E"), ("12345678", "12345678"),
    ],
)  # fmt: skip
def test_quantities_take_their_canonical_spelling(given: str, kept: str) -> None:
    assert canonical_quantity(given) == kept


def test_every_kind_that_is_served_has_a_structure() -> None:
    with pytest.raises(KeyError):
        structure_of_builtin("batch/v1", "Job")
    assert (
        structure_of_builtin("metrics.k8s.io/v1beta1", "PodMetrics").root.fields["containers"].items
        is not None
    )
    assert structure_of_builtin("v1", "Pod") is POD


@pytest.mark.parametrize(
    ("image", "policy"),
    [
        ("nginx", "Always"),
        ("nginx:latest", "Always"),
        ("nginx:1.27", "IfNotPresent"),
        ("reg.io:5000/park/helmet", "Always"),
        ("reg.io:5000/park/helmet:v1", "IfNotPresent"),
        ("nginx@sha256:0123", "IfNotPresent"),
        ("NoImage", "IfNotPresent"),
    ],
)
def test_the_pull_policy_follows_the_tag(image: str, policy: str) -> None:
    body = pod(containers=[{"name": "c", "image": image}])
    assert with_defaults(admit(body, POD).object, POD)["spec"]["containers"][0]["imagePullPolicy"] == policy
