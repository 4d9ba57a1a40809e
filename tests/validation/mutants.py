"""Makes manifests from the schemas and breaks them in thousands of ways, the same for the same seed."""

from __future__ import annotations

import copy
import random
from typing import Any

from sednactl.sedna.releases import LATEST, Release
from sednactl.validation.schemas import Node, schema_of

WORDS = ("cpu", "a", "b-1", "Always", "x.y/z", "10.0.0.1", "TCP", "")
QUANTITIES = ("1", "500m", "2Gi", 3, "1.5", "1e3", ".5", "+1Ki")
STRANGE: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    5,
    1.0,
    1.5,
    2**31,
    -(2**31) - 1,
    2**63 - 1,
    2**63,
    1e30,
    "",
    "text",
    "5",
    "1.5x",
    "1\n",
    [],
    [None],
    ["a", "a"],
    [{}],
    [{}, {}],
    {},
    {"a": None},
    {"a": 1},
    {"name": "a"},
)
NEW_KEYS = ("foo", "Name", "spec", "metadata", "name", "hpa", "image", "replicas", "containers", "status", "")


def sample(kind: str, rng: random.Random, release: Release = LATEST) -> dict[str, Any]:
    """Give a manifest that a release's schema accepts, with a random choice of its optional fields."""
    root = schema_of(kind, release)
    assert root is not None
    content: dict[str, Any] = {
        "apiVersion": "sedna.io/v1alpha1",
        "kind": kind,
        "metadata": {"name": "mutant"},
    }
    spec = root.field("spec")
    assert spec is not None
    content["spec"] = _value(spec, rng, 0)
    if rng.random() < 0.1:
        status = root.field("status")
        assert status is not None
        content["status"] = _value(status, rng, 0)
    return content


def mutate(content: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """Break a copy in one to three places, or leave it whole."""
    mutant = copy.deepcopy(content)
    for _ in range(rng.choice((0, 1, 1, 1, 2, 3))):
        places = [place for place in _containers(mutant) if place]
        container = rng.choice(places) if places else mutant
        _BREAKS[rng.randrange(len(_BREAKS))](container, rng)
    mutant.setdefault("metadata", {"name": "mutant"})
    return mutant


def _containers(value: Any) -> list[Any]:
    found: list[Any] = []
    if isinstance(value, dict):
        found.append(value)
        for key, item in value.items():
            if key not in ("apiVersion", "kind", "metadata") or value.get("kind") is None:
                found += _containers(item)
    elif isinstance(value, list):
        found.append(value)
        for item in value:
            found += _containers(item)
    return found


def _key(container: Any, rng: random.Random) -> Any:
    if isinstance(container, list):
        return rng.randrange(len(container))
    keys = [key for key in container if key not in ("apiVersion", "kind", "metadata")]
    return rng.choice(keys) if keys else None


def _remove(container: Any, rng: random.Random) -> None:
    key = _key(container, rng)
    if key is not None:
        del container[key]


def _replace(container: Any, rng: random.Random) -> None:
    key = _key(container, rng)
    if key is not None:
        container[key] = copy.deepcopy(rng.choice(STRANGE))


def _add(container: Any, rng: random.Random) -> None:
    if isinstance(container, dict):
        container[rng.choice(NEW_KEYS)] = copy.deepcopy(rng.choice(STRANGE))
    else:
        container.append(copy.deepcopy(rng.choice(STRANGE)))


def _repeat(container: Any, rng: random.Random) -> None:
    if isinstance(container, list):
        container.append(copy.deepcopy(rng.choice(container)))
    else:
        _misspell(container, rng)


def _misspell(container: Any, rng: random.Random) -> None:
    key = _key(container, rng)
    if isinstance(key, str) and key:
        container[rng.choice((key.upper(), key[:-1], key + "s", key.capitalize()))] = container.pop(key)


def _wrap(container: Any, rng: random.Random) -> None:
    key = _key(container, rng)
    if key is not None:
        container[key] = [container[key]] if rng.random() < 0.5 else {"a": container[key]}


def _move(container: Any, rng: random.Random) -> None:
    key = _key(container, rng)
    if isinstance(container, dict) and key is not None:
        value = container.pop(key)
        others = [other for other in container.values() if isinstance(other, dict)]
        (rng.choice(others) if others else container)[key] = value


_BREAKS = (_remove, _replace, _replace, _replace, _add, _repeat, _misspell, _wrap, _move)


def _value(node: Node, rng: random.Random, depth: int) -> Any:
    if node.type == "object":
        return _object(node, rng, depth)
    if node.type == "array":
        return _array(node, rng, depth)
    if node.type == "int-or-string":
        return rng.choice(QUANTITIES)
    if node.type == "integer":
        return max(rng.choice((0, 1, 5, 8080)), node.limit("minimum") or 0)
    if node.type == "number":
        return rng.choice((0, 0.5, 2))
    if node.type == "boolean":
        return rng.random() < 0.5
    if node.limit("format") == "date-time":
        return "2025-04-20T08:00:00Z"
    return rng.choice(WORDS)


def _object(node: Node, rng: random.Random, depth: int) -> dict[str, Any]:
    chance = 0.5 if depth < 3 else 0.12
    made = {}
    for name in node.field_names:
        if name in node.required or rng.random() < (chance if len(node.field_names) < 12 else chance / 3):
            field = node.field(name)
            assert field is not None
            made[name] = _value(field, rng, depth + 1)
    if node.additional is not None:
        for word in rng.sample(("cpu", "memory", "a.b/c"), rng.randrange(3)):
            made[word] = _value(node.additional, rng, depth + 1)
    return made


def _array(node: Node, rng: random.Random, depth: int) -> list[Any]:
    assert node.items is not None
    made = [_value(node.items, rng, depth + 1) for _ in range(rng.choice((0, 1, 1, 2, 3)))]
    if node.list_type != "map":
        return made
    for index, item in enumerate(made):  # entries that differ, most of the time
        for key in node.keys:
            field = node.items.field(key)
            if field is not None and rng.random() < 0.95:
                item[key] = index + 1 if field.type == "integer" else f"{key.lower()}-{index}"
    return made


_TEXTS = (
    "a",
    "A",
    "a.b",
    "-a",
    "a-",
    "a_b",
    "a/b",
    "A/b",
    "a/b/c",
    "",
    "x" * 63,
    "x" * 64,
    "é",
    "a b",
    "1",
    "a..b",
    "x" * 253,
    "x" * 254,
)


def mutate_metadata(content: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """Give a copy with metadata of every sort, most of it wrong."""
    mutant = copy.deepcopy(content)
    metadata: Any = {"name": "mutant"}
    for _ in range(rng.choice((0, 1, 1, 2))):
        text, strange = rng.choice(_TEXTS), copy.deepcopy(rng.choice(STRANGE))
        change = rng.choice(
            (
                {"name": text},
                {"name": strange},
                {"generateName": text},
                {"generateName": text, "name": None},
                {"labels": {text: "a"}},
                {"labels": {"a": text}},
                {"labels": {"a": strange}},
                {"labels": strange},
                {"annotations": {text: "a"}},
                {"annotations": {"a": strange}},
                {"annotations": strange},
                {"annotations": {"a": "x" * rng.choice((262142, 262143, 262144))}},
                {
                    "creationTimestamp": rng.choice(
                        ("2025-04-20T08:00:00Z", "2025-04-20", "2025-02-30T08:00:00Z", strange)
                    )
                },
                {"finalizers": rng.choice(([text], strange))},
                {"generation": strange},
                {"ownerReferences": rng.choice((strange, [_owner(rng)], [_owner(rng), _owner(rng)]))},
                {"managedFields": rng.choice((strange, [{"foo": 1}], [{"manager": strange}]))},
                {rng.choice(NEW_KEYS): strange},
                {"selfLink": strange, "uid": text},
            )
        )
        metadata |= change
    mutant["metadata"] = metadata if rng.random() < 0.97 else copy.deepcopy(rng.choice(STRANGE))
    return mutant


def _owner(rng: random.Random) -> Any:
    owner = {"apiVersion": "v1", "kind": "Pod", "name": "p", "uid": "u", "controller": rng.random() < 0.5}
    if rng.random() < 0.5:
        key = rng.choice((*owner, "blockOwnerDeletion", "foo"))
        owner[key] = copy.deepcopy(rng.choice((*STRANGE, "a/b/c", "a/b", "a/", "/a", "/", "Event")))
    return owner
