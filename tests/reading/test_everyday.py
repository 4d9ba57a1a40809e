"""The quick reader takes what it takes exactly as the full one does: values, their types, order and places."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sednactl.manifests import everyday, everyday_places, yaml_text
from sednactl.manifests.chunk import Chunk

MANIFEST = """\
# a service
apiVersion: sedna.io/v1alpha1
kind: JointInferenceService   # two workers
metadata:
  name: helmet
  labels: {}
spec:
  edgeWorker:
    model:
      name: "little"
    hardExampleMining:
      name: IBT
      parameters:
        - key: threshold_img
          value: '0.9'
        -   key: threshold_box
            value: "0.9"
    template:
      spec:
        nodeName:
        hostNetwork: yes
        containers:
        - "name": main
          image: registry:5000/little:v1.2
          args: []
          command:
          - --rate=1e3
          - -v
          - a b  c
          - 12:30
          - 0644
          env:
          - name: LEVEL
            value: info, or so
          - value: http://x/y?z=1
            name: AT
          resources:
            limits:
              cpu: 1.0
              memory: 1Gi

  cloudWorker:
    model: {name: "big"}
    hpa:
      metrics: [{"type": "Resource", "resource": {"name": 'cpu', "target": {"averageUtilization": 20}}}]
    "template": { spec: {containers: [ {name: main, command: ["sh", -c, 1e3, yes, ""], ports: []} ] } }
"""
PIECES = (
    *("a:", "b: ", "a: 1", "yes: no", "on: off", "c: ~", "d: null", "- ", "-", "- a: 1", "- a:", "-   b: x"),
    *("- x", "- - x", "- {}", "- []", "a: {}", "a: []", "a: {b: c}", "# note", "a: # note", "a: x # note"),
    *(
        "a: x#y",
        "a: 'it''s'",
        "a: 'q'",
        'a: "q"',
        'a: "\\n"',
        'a: "q" # x',
        "a: |",
        "a: >-",
        "text",
        "a: b: c",
    ),
    *(
        "a: b:c",
        "a: b :c",
        "a: -1",
        "a: - 1",
        "a: +.5",
        "a: .inf",
        "a: 1e400",
        "a: 0x1F",
        "a: 1_000",
        "a: *x",
    ),
    *(
        "a: &x 1",
        "a: !!str 1",
        "<<: *x",
        "? a",
        ": b",
        "...",
        "%YAML 1.1",
        "a : 1",
        "a:\t1",
        "\ta: 1",
        "a: é",
    ),
    *(
        "a: `",
        "a: @x",
        "a: %x",
        "a: [x",
        '"a": 1',
        '"yes":',
        '- "a": "b: c"',
        '"a: 1',
        '"a" : 1',
        '"": 1',
        '"<<": {}',
        "a: [x]",
        "a: [x, -1, - 2]",
        "a: [{b: x}, 'y', \"z\", ~, c]",
        "a: {b: x, c: {}, d: [[]]} ",
        "a: {b: x, b: y}",
        "a: {'b': 1.0, \"c\": .inf}",
        "a: {b: , c}",
        "a: {b:c}",
        'a: {"b":c}',
        "a: [x # y]",
        "a: [x] # y",
        "a: [x]y",
        "- [x, y:z, y: z]",
        "- {x: 0644, no: 1}",
        "- {<<: x, '<<': {}}",
        "a: x]",
        "a: x, y",
        "a: $(X)",
        "a: -x",
        "a: --x",
        "a: --",
        "a: =",
        "",
    ),
    *(
        "1: x",
        "1.5: x",
        "a.b/c-d: e",
        "_a: x",
        "-a: x",
        "a: ?x",
        "a: x?",
        "a: x!",
        "a: ~x",
        "a: .",
        "a: /",
        "b:  x  ",
    ),
    *(
        "a: 9223372036854775808",
        "a: 18446744073709551616",
        "a: 1.0e+2",
        "a: 2024-01-01",
        "a: 'x",
        'a: "x',
        "a: x'y\"z",
    ),
)


def same(text: str) -> bool:
    """Hold the two readers against each other; tell whether the quick one took the text."""
    quick = everyday.load(text)
    if quick is None:
        return False
    chunk = Chunk("", text, 0)
    full = yaml_text.load(chunk)
    assert full is not None, text
    assert spelled(quick[0]) == spelled(full[0]), text
    assert quick[1] + 1 == full[1], text
    for path in paths(full[0]):
        for key in (False, True):
            found, right = everyday_places.locate(text, path, key=key), yaml_text.locate(chunk, path, key=key)
            declined = found is None and ("{" in text or "[" in text)  # what stands in brackets
            assert declined or found == right, (text, path)
    return True


def spelled(value: Any) -> str:
    return repr(value)  # tells 1 from 1.0 and True, and holds the order of keys


def paths(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield path
    yield (*path, "missing")
    yield (*path, 99)
    if isinstance(value, dict):
        for key, item in value.items():
            yield from paths(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from paths(item, (*path, index))


def test_an_everyday_manifest_is_taken() -> None:
    assert same(MANIFEST)


@pytest.mark.parametrize(
    "text",
    [
        "a: &x 1\nb: *x\n",
        "a: 1\na: 2\n",
        "a: {b: 1, b: 2}\n",
        "a: {b: [c, {d: &x 1}]}\n",
        "a: {b: c # x\n}\n",
        f"a: {'[' * 41}{']' * 41}\n",
        "a: |\n  x\n",
        "a:\tb\n",
        "yes: 1\n",
        "x\n",
        "a: é\n",
        "a: .nan\n",
    ],
)
def test_what_needs_the_full_reader_is_left_to_it(text: str) -> None:
    assert everyday.load(text) is None


def test_what_lies_in_brackets_is_found_by_the_full_reader_and_no_other() -> None:
    text = "a: {b: [c]}\nd:\n- {e: f}\n- {}\n"
    slow = [
        path
        for path in paths({"a": {"b": ["c"]}, "d": [{"e": "f"}, {}]})
        if everyday_places.locate(text, path) is None
    ]
    assert {path[:1] if path[0] == "a" else path[:2] for path in slow} == {("a",), ("d", 0)}
    assert all(len(path) > (1 if path[0] == "a" else 2) for path in slow)


def test_nothing_but_comments_is_left_to_the_full_reader() -> None:
    assert everyday.load("# nothing\n\n") is None


def test_each_document_has_containers_of_its_own() -> None:
    text = "a: {}\nb: []\nc: {d: [1, {}]}\n"
    first, second = everyday.load(text), everyday.load(text)
    assert first is not None
    assert second is not None
    first[0]["a"]["x"] = 1
    first[0]["b"].append(1)
    first[0]["c"]["d"][1]["x"] = 1
    assert second[0] == {"a": {}, "b": [], "c": {"d": [1, {}]}}


lines = st.tuples(st.integers(0, 6), st.sampled_from(PIECES)).map(lambda pair: " " * pair[0] + pair[1])


@settings(max_examples=300)
@example(["a:", "- b", "c: d"])
@example(["a:", "  - b:", "    - c", "  - d"])
@example(["- a:", "  - b", "- c"])
@given(st.lists(lines, max_size=8))
def test_any_lines_mean_the_same_or_are_declined(drawn: list[str]) -> None:
    same_or_refused("\n".join(drawn))


def same_or_refused(text: str) -> bool:
    """As `same`; what the full reader refuses must not have been taken."""
    return same(text)


def mutated(text: str, random_: random.Random) -> str:
    """Change a manifest as a slip of the pen, a merge or a fuzzer would."""
    whole = text.split("\n")
    for _ in range(random_.randint(1, 3)):
        at = random_.randrange(len(whole))
        what = random_.randrange(7)
        if what == 0:
            whole[at] = " " * random_.randint(0, 3) + whole[at]
        elif what == 1:
            whole[at] = whole[at][random_.randint(0, 3) :]
        elif what == 2:
            whole.insert(at, " " * random_.randint(0, 12) + random_.choice(PIECES))
        elif what == 3:
            whole.pop(at)
        elif what == 4:
            whole[at], other = whole[random_.randrange(len(whole))], whole[at]
            whole.append(other)
        else:
            line, place = whole[at], random_.randint(0, len(whole[at]))
            whole[at] = (
                line[:place] + random_.choice(" :-#'\"{}[]&*!|>%@`,?~\\0y.\t\r") + line[place + what % 2 :]
            )
        if not whole:
            whole = [""]
    return "\n".join(whole)


def test_thousands_of_mutants_mean_the_same_or_are_declined() -> None:
    random_ = random.Random(20)
    taken = sum(same(mutated(MANIFEST, random_)) for _ in range(int(os.environ.get("SEDNACTL_FUZZ", "150"))))
    assert taken
