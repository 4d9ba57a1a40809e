"""The type of a kind as a tree that admitting, defaulting, patching and applying all walk.

Built-in kinds are read from the packaged table (`schemas/kubernetes/sandbox-*.json`),
custom ones from the structural schema of their CustomResourceDefinition. Built-in
types are shared and may refer to themselves, so a tree is a graph: walk values, not types.
"""

from __future__ import annotations

import copy
import functools
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

RELEASE = "1.30"
ABSENT: Final = object()
"""Stands for "says nothing" where null would be a value."""

SCALARS = frozenset(
    ("string", "integer", "number", "boolean", "bytes", "quantity", "int-or-string", "time", "micro-time")
)


_JUDGED_EMPTY = ("autoscaling/v2.HPAScalingPolicy",)
"""Entries of lists that may not be empty, and are therefore kept when they are."""


class Node:
    """One place in a kind's tree.

    `kind` is object, array, any or one of SCALARS. An object has `fields`, or `values` for maps;
    `element` is what an undeclared key holds when server-side apply looks at it (None: not allowed).
    `list_type` is atomic, set or map (with `keys`); `merge_key` and `strategy` serve strategic merge
    patches. `zero` is what the API server writes where the field is absent; a field that is `kept`
    stays when it is empty, others are then as good as not given. `limits` holds a CRD's own value
    rules, `go` is the Go type's name.
    """

    __slots__ = (
        "atomic", "default", "element", "fields", "filling", "format", "go", "items", "kept", "key_default", "keys",
        "kind", "limits", "list_type", "merge_key", "nullable", "pointer", "preserve", "required", "strategy",
        "values", "zero",
    )  # fmt: skip

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.format = ""
        self.fields: dict[str, Node] = {}
        self.values: Node | None = None
        self.items: Node | None = None
        self.element: Node | None = None
        self.list_type = "atomic"
        self.keys: tuple[str, ...] = ()
        self.atomic = False
        self.merge_key = ""
        self.strategy: tuple[str, ...] = ()
        self.zero: Any = ABSENT
        self.pointer = False
        self.default: Any = ABSENT
        self.key_default: Any = ABSENT
        self.kept = False
        self.go = ""
        self.preserve = False
        self.nullable = False
        self.required: tuple[str, ...] = ()
        self.limits: dict[str, Any] = {}
        self.filling: Any = None
        """Where defaulting keeps what it found out about this place."""

    def child(self, name: str) -> Node | None:
        """Give the place of a field, or of any key of a map."""
        return self.fields.get(name) or self.element


def _any_node() -> Node:
    node = Node("any")
    node.element = node
    node.preserve = True
    return node


ANY = _any_node()
"""A value of which nothing is known: maps in it merge, lists are atomic."""


@dataclass(frozen=True, eq=False)
class Structure:
    """What the writing functions know of a kind.

    `empty` is the object that a create is compared with; `reset` maps a subresource ("" for the
    object itself) to field sets that writes through it never touch.
    """

    api_version: str
    kind: str
    builtin: bool
    root: Node
    reset: dict[str, dict[str, Any]] = field(default_factory=dict)
    empty: dict[str, Any] = field(default_factory=dict)

    @property
    def group(self) -> str:
        """Give the API group; "" for the core."""
        return self.api_version.rpartition("/")[0]

    @property
    def version(self) -> str:
        """Give the version within the group."""
        return self.api_version.rpartition("/")[2]


@functools.cache
def structure_of_builtin(api_version: str, kind: str) -> Structure:
    """Give the structure of a built-in kind, e.g. ("apps/v1", "Deployment"). Raises KeyError for one that is not served."""
    types = _builtin_types()
    root = types.of(types.kinds[f"{api_version} {kind}"])
    status_resets: dict[str, Any] = {"f:spec": {}}
    if kind == "Pod":
        status_resets["f:metadata"] = {"f:deletionTimestamp": {}, "f:ownerReferences": {}}
    elif kind == "Deployment":
        status_resets["f:metadata"] = {"f:labels": {}}
    reset: dict[str, dict[str, Any]] = (
        {"": {"f:status": {}}, "status": status_resets} if "status" in root.fields else {}
    )
    if kind == "Event":
        reset = {}
    return Structure(api_version, kind, True, root, reset, zero_of(root))


def is_builtin_type(name: str) -> bool:
    """Tell whether Go's name for a type, e.g. v1.PodSpec, is that of a struct of a built-in kind."""
    return any(full.rpartition("/")[2] == name for full in _builtin_types().names())


def zero_of(node: Node) -> dict[str, Any]:
    """Give an object of this type in which nothing is said, as the API server would write it."""
    result: dict[str, Any] = {}
    for name, child in node.fields.items():
        if child.zero is not ABSENT:
            result[name] = zero_of(child) if isinstance(child.zero, dict) and child.fields else child.zero
    return result


def structure_of_crd(open_api_v3_schema: dict[str, Any], api_version: str, kind: str) -> Structure:
    """Give the structure of a custom kind from a version's `openAPIV3Schema`.

    Writes through the status subresource leave `spec` alone, and all others `status`; the caller
    knows whether the CRD has that subresource and asks for "" only when it has not.
    """
    root = _new_crd_node(open_api_v3_schema, preserve=False)
    root.kind = "object"
    root.fields = {
        **root.fields,
        "apiVersion": Node("string"),
        "kind": Node("string"),
        "metadata": _builtin_types().of("meta/v1.ObjectMeta"),
    }
    reset: dict[str, dict[str, Any]] = {"": {"f:status": {}}, "status": {"f:spec": {}}}
    return Structure(api_version, kind, False, root, reset, {})


@functools.cache
def _builtin_types() -> _BuiltinTypes:
    from sednactl.packaged import schemas_dir

    return _BuiltinTypes(json.loads((schemas_dir() / "kubernetes" / f"sandbox-{RELEASE}.json").read_bytes()))


class _BuiltinTypes:
    """The packaged table, made into nodes when they are asked for."""

    def __init__(self, table: dict[str, Any]) -> None:
        self.kinds: dict[str, str] = table["kinds"]
        self._types: dict[str, Any] = table["types"]
        self._made: dict[str, Node] = {}

    def names(self) -> Iterable[str]:
        """Give the names of all types, e.g. core/v1.PodSpec."""
        return self._types

    def of(self, name: str) -> Node:
        """Give the node of a named type."""
        node = self._made.get(name)
        if node is None:
            node = self._made[name] = Node("object")
            spelled = self._types[name]
            node.go = name
            node.kept = True
            node.atomic = spelled.get("atomic", False)
            for field_name, place in spelled["fields"].items():
                node.fields[field_name] = self._place(place)
            if not node.fields:
                node.element = ANY
        return node

    def _place(self, spelled: dict[str, Any]) -> Node:
        if "ref" in spelled:
            target = self.of(spelled["ref"])
            if len(spelled) == 1:
                return target
            node = copy.copy(target)  # shares `fields`, which may not be complete yet
        elif spelled["type"] == "any":
            node = copy.copy(ANY)
        else:
            node = Node(spelled["type"])
        node.format = spelled.get("format", "")
        if "items" in spelled:
            node.items = self._place(spelled["items"])
        if "values" in spelled:
            node.values = node.element = self._place(spelled["values"])
        elif node.kind == "object" and "ref" not in spelled:
            node.element = ANY
        node.strategy = tuple(spelled.get("strategy", "").split(",")) if spelled.get("strategy") else ()
        node.merge_key = spelled.get("merge", "")
        if "list" in spelled:
            node.list_type = spelled["list"]
            node.keys = tuple(spelled.get("keys", ())) if node.list_type == "map" else ()
        elif node.kind == "array" and "merge" in node.strategy:
            node.list_type = "map" if node.merge_key else "set"
            node.keys = (node.merge_key,) if node.merge_key else ()
        node.atomic = node.atomic or spelled.get("atomic", False)
        node.zero = spelled.get("zero", ABSENT)
        node.pointer = spelled.get("pointer", False)
        node.default = spelled.get("default", ABSENT)
        node.key_default = spelled.get("key_default", ABSENT)
        node.kept = (
            node.kept
            or node.pointer
            or node.kind == "any"
            or node.zero is not ABSENT
            or (node.items is not None and node.items.go in _JUDGED_EMPTY)
        )
        if node.key_default is ABSENT and isinstance(node.zero, (str, int)):
            node.key_default = node.zero
        return node


_LIMITS = frozenset(
    (
        "enum", "pattern", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength",
        "minItems", "maxItems", "minProperties", "maxProperties", "uniqueItems", "multipleOf", "format", "anyOf",
        "allOf", "oneOf", "not",
    )
)  # fmt: skip
_LEAVES: dict[tuple[str, bool], Node] = {}
MOST_LEAVES = 2000
_BELOW = frozenset(("properties", "items", "additionalProperties", "x-kubernetes-embedded-resource"))


def _crd_node(schema: dict[str, Any], *, preserve: bool) -> Node:
    """Give the node of a schema. Leaves that say the same are one node: a CRD of pods has thousands of them."""
    if not _BELOW.isdisjoint(schema):
        return _new_crd_node(schema, preserve=preserve)
    said = repr([item for item in schema.items() if item[0] != "description"]), preserve
    leaf = _LEAVES.get(said)
    if leaf is None:
        leaf = _new_crd_node(schema, preserve=preserve)
        if len(_LEAVES) < MOST_LEAVES:
            _LEAVES[said] = leaf
    return leaf


def _new_crd_node(schema: dict[str, Any], *, preserve: bool) -> Node:
    if schema.get("x-kubernetes-int-or-string"):
        node = Node("int-or-string")
    else:
        kind = schema.get("type")
        if kind is None:
            kind = "object" if "properties" in schema else "array" if "items" in schema else "any"
        node = Node(kind)
    node.preserve = bool(schema.get("x-kubernetes-preserve-unknown-fields")) or node.kind == "any"
    preserve = preserve or node.preserve
    for name, child in schema.get("properties", {}).items():
        node.fields[name] = _crd_node(child, preserve=preserve)
    additional = schema.get("additionalProperties")
    if isinstance(additional, dict):
        node.values = node.element = _crd_node(additional, preserve=preserve) if additional else ANY
    elif additional is True:
        node.values = node.element = ANY
    elif node.kind in ("object", "any") and (preserve or not node.fields):
        node.element = ANY
    if schema.get("x-kubernetes-embedded-resource"):
        node.fields = {
            "apiVersion": Node("string"),
            "kind": Node("string"),
            "metadata": _builtin_types().of("meta/v1.ObjectMeta"),
            **{name: child for name, child in node.fields.items() if name != "metadata"},
        }
    if isinstance(schema.get("items"), dict):
        node.items = _crd_node(schema["items"], preserve=preserve)
    node.list_type = schema.get("x-kubernetes-list-type", "atomic")
    node.keys = tuple(schema.get("x-kubernetes-list-map-keys", ()))
    node.atomic = schema.get("x-kubernetes-map-type") == "atomic"
    node.nullable = bool(schema.get("nullable"))
    node.required = tuple(schema.get("required", ()))
    if "default" in schema:
        node.default = node.key_default = schema["default"]
    node.limits = {key: item for key, item in schema.items() if key in _LIMITS}
    return node
