"""Lists and watches fit together: whatever happens, a list and the events after it make the next list."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sednactl.sandbox.api.kinds import Kind
from sednactl.sandbox.api.selectors import Selection, selection_of, values_of
from sednactl.sandbox.api.store import REMEMBERED, Forgotten, Store, Version
from sednactl.sandbox.api.subscriptions import Notice, Subscription

KIND = Kind("", "v1", "things", "Thing", fields=(("spec.node", "spec.node"),))
NAMES = st.sampled_from(["a", "b", "c"])
NAMESPACES = st.sampled_from(["x", "x-y", "z"])
WRITES = st.tuples(NAMESPACES, NAMES, st.sampled_from(["edge", "cloud", ""]), st.sampled_from(["n1", "n2"]))
STEPS = st.lists(st.one_of(WRITES, st.tuples(NAMESPACES, NAMES)), max_size=30)
SELECTIONS = st.builds(
    lambda *parts: selection_of(KIND, *parts),
    st.sampled_from(["", "x", "z"]),
    st.sampled_from(["", "side=edge", "side!=edge", "side in (edge,cloud)", "!side"]),
    st.sampled_from(["", "spec.node=n1", "spec.node!=n1,metadata.name=a"]),
)
Seen = dict[str, int]


def do(store: Store, step: tuple[str, ...]) -> None:
    namespace, name, *rest = step
    found = store.get(KIND.shelf, f"{namespace}/{name}")
    if rest:
        side, node = rest
        meta = {"namespace": namespace, "name": name, "uid": f"{namespace}/{name}"}
        content = {"metadata": {**meta, "labels": {"side": side} if side else {}}, "spec": {"node": node}}
        store.put(KIND.shelf, content, values_of(KIND, content))
    elif found is not None:
        store.remove(KIND.shelf, found.object(), found.values)


def seen(versions: list[Version], selection: Selection) -> Seen:
    return {version.key: version.revision for version in versions if selection.holds(version)}


@given(before=STEPS, after=STEPS, selection=SELECTIONS)
def test_a_list_and_its_events_make_the_next_list(
    before: list[tuple[str, ...]], after: list[tuple[str, ...]], selection: Selection
) -> None:
    store = Store()
    for step in before:
        do(store, step)
    versions, revision = store.list(KIND.shelf, selection.namespace)
    known = seen(versions, selection)
    live = Subscription(store, KIND.shelf, selection, revision)
    store.listen(KIND.shelf, live.take_event, None)
    for step in after:
        do(store, step)
    late = Subscription(store, KIND.shelf, selection, revision)
    store.listen(KIND.shelf, late.take_event, revision)
    now = seen(store.list(KIND.shelf, selection.namespace)[0], selection)
    for subscription in (live, late):
        state = dict(known)
        for item in subscription.take():
            assert isinstance(item, Notice)
            key = item.version.key
            assert (item.type == "ADDED") is (key not in state)
            if item.type == "DELETED":
                del state[key]
            else:
                state[key] = item.version.revision
        assert state == now


@given(steps=STEPS, namespace=st.sampled_from(["", "x", "x-y"]))
def test_the_past_stays_as_it_was(steps: list[tuple[str, ...]], namespace: str) -> None:
    store = Store()
    everything = selection_of(KIND, namespace, "", "")
    pasts: dict[int, Seen] = {}
    for step in [("x", "a"), *steps]:
        do(store, step)
        pasts[store.revision] = seen(store.list(KIND.shelf, namespace)[0], everything)
    for revision, past in pasts.items():
        versions, told = store.list(KIND.shelf, namespace, revision)
        assert told == revision
        assert seen(versions, everything) == past
        assert [version.key for version in versions] == sorted(past)


def test_memory_of_the_past_is_bounded() -> None:
    store = Store()
    for number in range(REMEMBERED + 10):
        do(store, ("x", "a", "", f"n{number}"))
    for revision in (1, 5):
        try:
            store.list(KIND.shelf, "", revision)
        except Forgotten:
            continue
        raise AssertionError(revision)
    store.list(KIND.shelf, "", store.revision - REMEMBERED + 1)
