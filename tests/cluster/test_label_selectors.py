"""One rule for label selectors: the text form, the object form and the plain map select the same objects."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sednactl.cluster.label_selectors import (
    NOTHING,
    Need,
    Selector,
    equal_selector,
    read_needs,
    read_selector,
    selector_of,
    selects,
)

KEYS = st.sampled_from(["a", "b", "example.com/side"])
VALUES = st.sampled_from(["", "x", "y", "3"])
LABELS = st.dictionaries(KEYS, VALUES, max_size=3)
NEEDS = st.one_of(
    st.builds(Need, KEYS, st.sampled_from(["Exists", "DoesNotExist"])),
    st.builds(
        Need,
        KEYS,
        st.sampled_from(["In", "NotIn"]),
        st.lists(VALUES, min_size=1, max_size=3, unique=True).map(tuple),
    ),
)


def text_of(need: Need) -> str:
    if need.operator in ("Exists", "DoesNotExist"):
        return f"{'!' if need.operator == 'DoesNotExist' else ''}{need.key}"
    return f"{need.key} {'in' if need.operator == 'In' else 'notin'} ({','.join(need.values)})"


@given(st.lists(NEEDS, max_size=4), LABELS)
def test_text_and_object_select_the_same(needs: list[Need], labels: dict[str, str]) -> None:
    text = ",".join(map(text_of, needs))
    written = {
        "matchExpressions": [
            {"key": need.key, "operator": need.operator, "values": list(need.values)} for need in needs
        ]
    }
    assert [(need.key, need.operator, set(need.values)) for need in read_needs(text)] == [
        (need.key, need.operator, set(need.values)) for need in needs
    ]
    assert selects(read_selector(text), labels) is selects(selector_of(written), labels)


@given(LABELS, LABELS)
def test_a_plain_map_selects_what_has_all_of_it(wanted: dict[str, str], labels: dict[str, str]) -> None:
    assert selects(equal_selector(wanted), labels) is bool(wanted and wanted.items() <= labels.items())
    assert selects(selector_of({"matchLabels": wanted}), labels) is (wanted.items() <= labels.items())


def test_empty_selects_everything_and_none_nothing() -> None:
    assert selects(read_selector(""), {})
    assert selects(selector_of({}), {"a": "b"})
    assert not selects(selector_of(None), {"a": "b"})
    assert selector_of(None) is NOTHING
    unknown = {"matchExpressions": [{"key": "a", "operator": "Sometimes"}]}
    assert not selects(selector_of(unknown), {"a": "b"})


def test_equal_labels_are_kept_apart() -> None:
    assert read_selector("a=x,b in (y),c!=z") == Selector(
        (("a", "x"), ("b", "y")), (Need("c", "NotIn", ("z",)),)
    )
