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
        - name: main
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
    model: {}
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
            assert everyday_places.locate(text, path, key=key) == yaml_text.locate(chunk, path, key=key), (
                text,
                path,
            )
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
        "a: {b: c}\n",
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


def test_nothing_but_comments_is_left_to_the_full_reader() -> None:
    assert everyday.load("# nothing\n\n") is None


def test_each_document_has_containers_of_its_own() -> None:
    first, second = everyday.load("a: {}\nb: []\n"), everyday.load("a: {}\nb: []\n")
    assert first is not None
    assert second is not None
    first[0]["a"]["x"] = 1
    first[0]["b"].append(1)
    assert second[0] == {"a": {}, "b": []}


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
