"""Lists in pages, also when a continue token expires in the middle."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sednactl.cluster.answers import ExpiredPlace
from sednactl.cluster.door import Json, Selection
from sednactl.cluster.paging import Part, objects_of, pages, place_of
from sednactl.errors import Expired, ServerFault
from sednactl.sedna.kinds import MODEL
from sednactl.sedna.resources import POD
from tests.cluster.stub import Answers, StubServer

MODELS = MODEL.resource
ALL = Selection(MODELS)


def fill(stub: StubServer, count: int) -> list[str]:
    names = sorted(f"m{number}" for number in range(count))
    for name in names:
        stub.put(MODELS, {"metadata": {"name": name, "labels": {"odd": str(int(name[1:]) % 2)}}})
    return names


def names_of(items: Any) -> list[str]:
    return [item["metadata"]["name"] for item in items]


def test_a_list_comes_in_pages_and_every_item_says_what_it_is(stub: StubServer) -> None:
    names = fill(stub, 7)
    items = list(stub.cluster().list(ALL, page_size=3))
    assert names_of(items) == names
    assert {(item["apiVersion"], item["kind"]) for item in items} == {("sedna.io/v1alpha1", "Model")}
    assert [request.query.get("limit") for request in stub.requests] == ["3", "3", "3"]


def test_metadata_only_asks_for_less_and_items_still_say_what_they_are(stub: StubServer) -> None:
    stub.put(POD, {"metadata": {"name": "p"}, "spec": {"nodeName": "n"}})
    (item,) = stub.cluster().list(Selection(POD), metadata_only=True)
    assert (item["apiVersion"], item["kind"]) == ("v1", "Pod")
    assert "spec" not in item
    assert "as=PartialObjectMetadataList" in stub.requests[0].headers["Accept"]


def test_selections_reach_the_server(stub: StubServer) -> None:
    fill(stub, 6)
    chosen = Selection(MODELS, "default", labels="odd=1", fields="metadata.name=m3")
    assert names_of(stub.cluster().list(chosen)) == ["m3"]
    assert stub.cluster().snapshot(Selection(MODELS, "elsewhere")).items == []


def test_nothing_is_asked_before_the_first_item_is_wanted(stub: StubServer) -> None:
    fill(stub, 4)
    items = stub.cluster().list(ALL, page_size=2)
    assert stub.requests == []
    next(items)
    assert len(stub.requests) == 1


@pytest.mark.parametrize("remainders", [True, False])
def test_an_expired_token_gives_nothing_twice_and_leaves_nothing_out(remainders: bool) -> None:
    with StubServer(remainders=remainders) as stub:
        names = fill(stub, 10)
        given_names = []
        for count, item in enumerate(stub.cluster().list(ALL, page_size=3)):
            given_names += names_of([item])
            if count in (2, 5):
                stub.compact()
        assert given_names == names
        beginnings = [request for request in stub.requests if "continue" not in request.query]
        assert len(beginnings) == (1 if remainders else 3)


def test_a_snapshot_is_of_one_moment_even_when_a_token_expires(stub: StubServer) -> None:
    names = fill(stub, 1200)
    stub.fail(Answers(410, {"kind": "Status", "code": 410, "reason": "Expired"}), path="continue=")
    listing = stub.cluster().snapshot(ALL)
    assert names_of(listing.items) == names
    assert listing.resource_version == str(max(int(i["metadata"]["resourceVersion"]) for i in listing.items))


def test_a_snapshot_that_keeps_expiring_comes_in_one_piece(stub: StubServer) -> None:
    names = fill(stub, 600)
    stub.fail(
        Answers(410, {"kind": "Status", "code": 410, "reason": "Expired"}), path="continue=", times=1000
    )
    assert names_of(stub.cluster().snapshot(ALL).items) == names


def test_a_list_that_expires_for_ever_ends(stub: StubServer) -> None:
    fill(stub, 4)
    stub.fail(Answers(410, {"kind": "Status", "code": 410, "reason": "Expired"}), times=1000)
    with pytest.raises(Expired):
        list(stub.cluster().list(ALL, page_size=2))
    with pytest.raises(Expired):
        stub.cluster().snapshot(ALL)


@pytest.mark.parametrize(
    "body", [{"items": 3, "metadata": {}}, {"items": []}, {"items": [7], "metadata": {}}]
)
def test_a_list_that_is_none_is_said_to_be_none(stub: StubServer, body: Json) -> None:
    stub.fail(Answers(200, body))
    with pytest.raises(ServerFault, match=r"models\.sedna\.io"):
        list(stub.cluster().list(ALL))


@settings(deadline=None, max_examples=300)
@given(data=st.data())
def test_whatever_expires_and_changes_meanwhile_each_lasting_object_comes_once(data: st.DataObject) -> None:
    lasting = data.draw(
        st.sets(st.sampled_from([f"ns-{n}/{c}" for n in "ab-." for c in "abcdefg"])), "lasting"
    )
    passing = data.draw(
        st.sets(st.sampled_from([f"ns-{n}/{c}x" for n in "ab-." for c in "abcdefg"])), "passing"
    )
    size = data.draw(st.integers(1, 6), "size")

    def read(limit: int | None, token: str | None) -> Part[Json]:
        if token and data.draw(st.booleans()) and data.draw(st.booleans()):
            kind = data.draw(st.booleans(), "the server offers a token for the rest")
            raise ExpiredPlace("old", f"rest:{token}" if kind else None, status=410, reason="", hint="")
        after = (token or "").removeprefix("rest:").replace("rest:", "")
        here = lasting | {name for name in passing if data.draw(st.booleans())}
        keys = sorted(key for key in here if key > after)
        shown = keys[:limit] if limit else keys
        more = {"continue": shown[-1]} if len(keys) > len(shown) else {}
        items = [{"metadata": dict(zip(("namespace", "name"), key.split("/"), strict=True))} for key in shown]
        return objects_of({"metadata": {"resourceVersion": "1", **more}, "items": items}, ALL)

    try:
        seen = [
            f"{item['metadata']['namespace']}/{item['metadata']['name']}"
            for page in pages(read, place_of, size)
            for item in page.items
        ]
    except Expired:
        return  # given up after several restarts; said, not hidden
    assert len(seen) == len(set(seen))
    assert lasting <= set(seen)


@pytest.mark.parametrize("consistent", [True, False])
def test_a_server_whose_every_token_has_expired_keeps_nobody_for_ever(consistent: bool) -> None:
    asked: list[tuple[int | None, str | None]] = []

    def read(limit: int | None, token: str | None) -> Part[str]:
        asked.append((limit, token))
        if token is not None:
            raise ExpiredPlace("too old", "again", status=410, reason="Expired", hint="")
        return Part(["a"], "1", "next") if limit else Part(["a", "b"], "1", None)

    given = [item for page in pages(read, str, 1, consistent=consistent) for item in page.items]
    assert given[-1] == "b" and len(asked) < 30
