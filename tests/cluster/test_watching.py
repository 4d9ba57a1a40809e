"""Watches that lose nothing and double nothing, whatever breaks."""

from __future__ import annotations

import gc
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sednactl.cluster import sending, watching
from sednactl.cluster.client import HttpCluster
from sednactl.cluster.door import Change, Selection
from sednactl.cluster.watching import Memory
from sednactl.errors import ClusterError, Forbidden, NotFound, Unauthorized, Unreachable
from sednactl.sedna.kinds import MODEL
from sednactl.sedna.resources import POD, Resource
from tests.cluster.stub import Answers, Closes, Reset, Stalls, StubServer, Truncated

MODELS = MODEL.resource
HERE = Selection(MODELS, "default")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pauses be short, so that the tests are."""
    monkeypatch.setattr(watching, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(watching, "LONGEST_PAUSE", 0.05)


class Watching:
    """What a consumer of a watch sees, gathered on a thread."""

    def __init__(self, changes: Iterator[Change]) -> None:
        self.changes = changes
        self.seen: list[Change] = []
        self.error: BaseException | None = None
        self._more = threading.Condition()
        self._stop = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            for change in self.changes:
                with self._more:
                    if self._stop:
                        break
                    if change.type != "idle":
                        self.seen.append(change)
                    self._more.notify_all()
        except BaseException as error:  # noqa: BLE001 - the test's own thread raises it again
            with self._more:
                self.error = error
                self._more.notify_all()
        finally:
            self.changes.close()  # type: ignore[attr-defined]

    def until(self, condition: Callable[[], bool], seconds: float = 60.0) -> None:
        with self._more:
            assert self._more.wait_for(lambda: condition() or self.error is not None, seconds), self.told()
        if self.error is not None:
            raise self.error

    def until_state(self, wanted: dict[str, str]) -> None:
        self.until(lambda: self.state() == wanted)

    def state(self) -> dict[str, str]:
        """Replay what was told; a wrong step (twice added, gone before it came) fails."""
        state: dict[str, str] = {}
        versions: dict[str, str] = {}
        for change in list(self.seen):
            if change.object is None:
                continue
            metadata = change.object["metadata"]
            uid, name = metadata["uid"], metadata["name"]
            if change.type == "added":
                assert uid not in versions, f"{name} was added twice"
            else:
                assert uid in versions, f"{name} was {change.type} before it was added"
            if change.type == "modified":
                assert versions[uid] != metadata["resourceVersion"], f"{name} was told twice"
            if change.type == "deleted":
                del versions[uid]
                state.pop(uid)
            else:
                versions[uid] = metadata["resourceVersion"]
                state[uid] = f"{name}={change.object.get('spec', {}).get('url')}"
        return state

    def told(self) -> list[str]:
        return [
            f"{change.type} {change.object['metadata']['name'] if change.object else change.detail}"
            for change in self.seen
        ]

    def kinds(self, *types: str) -> list[str]:
        return [change.type for change in self.seen if change.type in types]

    def stop(self) -> None:
        with self._more:
            self._stop = True
        self._thread.join(40)
        assert not self._thread.is_alive()


@contextmanager
def watching_of(stub: StubServer, *selections: Selection, **changes: Any) -> Iterator[Watching]:
    seen = Watching(stub.cluster(**changes).watch(selections or (HERE,), idle=0.05))
    try:
        yield seen
    finally:
        seen.stop()


def put(stub: StubServer, name: str, url: str = "1") -> str:
    return str(stub.put(MODELS, {"metadata": {"name": name}, "spec": {"url": url}})["metadata"]["uid"])


def state_of(stub: StubServer) -> dict[str, str]:
    return {
        item["metadata"]["uid"]: f"{item['metadata']['name']}={item['spec']['url']}"
        for item in stub.objects(MODELS)
    }


def test_first_what_is_there_then_what_changes(stub: StubServer) -> None:
    put(stub, "a")
    with watching_of(stub) as seen:
        seen.until(lambda: "synced" in seen.kinds("synced"))
        put(stub, "b")
        put(stub, "a", "2")
        stub.remove(MODELS, "b")
        seen.until(lambda: "deleted" in seen.kinds("deleted"))
        assert seen.told() == ["added a", "synced ", "added b", "modified a", "deleted b"]
        (added, *_, deleted) = [change for change in seen.seen if change.object]
        for change in (added, deleted):
            assert change.object and change.object["kind"] == "Model"
            assert change.object["apiVersion"] == "sedna.io/v1alpha1"
    request = next(request for request in stub.requests if "watch" in request.query)
    assert request.query["allowWatchBookmarks"] == "true"
    assert int(request.query["timeoutSeconds"]) > 0


def test_a_watch_that_ends_in_good_order_goes_on_from_where_it_was(stub: StubServer) -> None:
    put(stub, "a")
    with watching_of(stub) as seen:
        stub.wait_for_watches(1)
        for number in range(3):
            put(stub, f"n{number}")
            seen.until_state(state_of(stub))
            stub.end_watches()
        put(stub, "after")
        seen.until_state(state_of(stub))
        assert seen.kinds("lost", "synced") == ["synced"]
    lists = [request for request in stub.requests if "watch" not in request.query]
    assert len(lists) == 1, "nothing was listed again"


def test_bookmarks_move_the_place_to_go_on_from(stub: StubServer) -> None:
    with watching_of(stub) as seen:
        stub.wait_for_watches(1)
        for number in range(30):
            stub.put(POD, {"metadata": {"name": f"p{number}"}})
        stub.bookmark()
        stub.end_watches()
        put(stub, "a")
        seen.until_state(state_of(stub))
    versions = [int(r.query["resourceVersion"]) for r in stub.requests if "watch" in r.query]
    assert versions[1] >= versions[0] + 30


def test_a_broken_connection_is_told_and_nothing_is_lost(stub: StubServer) -> None:
    put(stub, "gone-meanwhile")
    put(stub, "changed-meanwhile")
    put(stub, "same")
    with watching_of(stub) as seen:
        stub.wait_for_watches(1)
        seen.until(lambda: seen.kinds("synced") == ["synced"])
        stub.fail(Reset(), times=6)
        stub.cut_watches()
        seen.until(lambda: seen.kinds("lost") != [])
        stub.remove(MODELS, "gone-meanwhile")
        put(stub, "changed-meanwhile", "2")
        put(stub, "new")
        stub.mend()
        seen.until(lambda: seen.kinds("synced") == ["synced", "synced"])
        assert sorted(seen.told()[4:]) == sorted(
            [
                *(line for line in seen.told() if line.startswith("lost")),
                "deleted gone-meanwhile",
                "modified changed-meanwhile",
                "added new",
                "synced ",
            ]
        )
        lost = next(change for change in seen.seen if change.type == "lost")
        assert stub.url in lost.detail
        gone = next(change for change in seen.seen if change.type == "deleted").object
        assert gone and gone["kind"] == "Model" and gone["metadata"]["namespace"] == "default"


def test_an_object_that_was_made_again_meanwhile_is_another_one(stub: StubServer) -> None:
    put(stub, "a")
    with watching_of(stub) as seen:
        stub.wait_for_watches(1)
        seen.until(lambda: seen.kinds("synced") == ["synced"])
        stub.fail(Reset(), times=4)
        stub.cut_watches()
        stub.remove(MODELS, "a")
        put(stub, "a", "2")
        stub.mend()
        seen.until_state(state_of(stub))
        steps = [line for line in seen.told() if line.endswith(" a")]
        assert steps == ["added a", "deleted a", "added a"]


@pytest.mark.parametrize("remainder", ["410 as status", "410 as event"])
def test_too_old_a_place_is_no_fault(stub: StubServer, remainder: str) -> None:
    put(stub, "a")
    with watching_of(stub) as seen:
        stub.wait_for_watches(1)
        if remainder == "410 as status":
            for number in range(5):
                stub.put(POD, {"metadata": {"name": f"p{number}"}})
            stub.compact()
            stub.end_watches()
        else:
            gone = {"kind": "Status", "code": 410, "reason": "Expired", "message": "too old"}
            stub.say(json.dumps({"type": "ERROR", "object": gone}).encode() + b"\n")
        put(stub, "b")
        seen.until_state(state_of(stub))
        assert seen.kinds("lost", "synced") == ["synced"], "nobody has to know"


@pytest.mark.parametrize(
    "line",
    [
        b"garbage\n",
        b"{}\n",
        b"[]\n",
        b'{"type": "ADDED", "object": {}}\n',
        b'{"type": "ADDED", "object": {"metadata": {"name": "x"}}}\n',
        b'{"type": "NEW", "object": {"metadata": {"name": "x", "uid": "u"}}}\n',
        b'{"type": "ERROR", "object": {"kind": "Status", "code": 500, "message": "etcd"}}\n',
        b'{"type": "ERROR", "object": 7}\n',
        b"\xff\xfe\n",
        b"[" * 100_000 + b"\n",
    ],
)
def test_lines_that_no_api_server_writes(stub: StubServer, line: bytes) -> None:
    with watching_of(stub) as seen:
        stub.wait_for_watches(1)
        seen.until(lambda: seen.kinds("synced") == ["synced"])
        stub.say(line)
        put(stub, "a")
        seen.until(lambda: seen.kinds("lost", "synced") == ["synced", "lost", "synced"])
        seen.until_state(state_of(stub))


def test_empty_lines_and_split_lines_are_read(stub: StubServer) -> None:
    with watching_of(stub) as seen:
        stub.wait_for_watches(1)
        item = {"metadata": {"name": "x" * 200_000, "uid": "u", "resourceVersion": "999"}}
        line = json.dumps({"type": "ADDED", "object": item}).encode() + b"\n\n"
        for start in range(0, len(line), 30_000):
            stub.say(line[start : start + 30_000])
        seen.until(lambda: seen.kinds("added") == ["added"])
        assert seen.seen[-1].object and seen.seen[-1].object["kind"] == "Model"


def test_a_line_without_end_is_given_up(stub: StubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "LONGEST_LINE", 100_000)
    with watching_of(stub) as seen:
        stub.wait_for_watches(1)
        for _ in range(6):
            stub.say(b"x" * 30_000)
        seen.until(lambda: seen.kinds("lost") == ["lost"])


def test_a_restarted_server_is_followed_again(stub: StubServer) -> None:
    put(stub, "a")
    with watching_of(stub) as seen:
        seen.until(lambda: seen.kinds("synced") == ["synced"])
        stub.stop()
        seen.until(lambda: seen.kinds("lost") != [])
        put(stub, "b")
        stub.start()
        seen.until_state(state_of(stub))
        seen.until(lambda: seen.kinds("synced") == ["synced"] * 2)


@pytest.mark.parametrize("code", [401, 403, 404, 429, 500, 503])
def test_what_a_starting_server_answers_passes(stub: StubServer, code: int) -> None:
    """A kube-apiserver that starts may know neither its roles nor its CRDs for some seconds."""
    with watching_of(stub) as seen:
        seen.until(lambda: seen.kinds("synced") == ["synced"])
        stub.wait_for_watches(1)
        stub.fail(Answers(code), times=6)
        stub.cut_watches()
        put(stub, "a")
        seen.until(lambda: seen.kinds("synced") == ["synced"] * 2)
        assert "lost" in seen.kinds("lost")
        seen.until_state(state_of(stub))


@pytest.mark.parametrize(
    ("code", "error"), [(401, Unauthorized), (403, Forbidden), (404, NotFound), (500, ClusterError)]
)
def test_what_fails_from_the_start_is_raised(stub: StubServer, code: int, error: type[ClusterError]) -> None:
    stub.fail(Answers(code), times=100)
    with pytest.raises(error):
        list(stub.cluster().watch([HERE]))


def test_a_cluster_that_is_not_there_from_the_start_is_raised() -> None:
    with StubServer() as stub:
        pass
    with pytest.raises(Unreachable):
        list(stub.cluster().watch([HERE]))


def test_a_right_that_was_taken_away_is_raised_after_a_while(
    stub: StubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "GRACE_SECONDS", 0.1)
    with watching_of(stub) as seen:
        seen.until(lambda: seen.kinds("synced") == ["synced"])
        stub.wait_for_watches(1)
        stub.fail(Answers(403), times=10_000)
        stub.cut_watches()
        with pytest.raises(Forbidden):
            seen.until(lambda: False)


def test_a_kind_that_is_not_served_is_raised_at_once() -> None:
    with StubServer(served=(POD,)) as stub, pytest.raises(NotFound, match="does not serve"):
        list(stub.cluster().watch([Selection(POD), HERE]))


def test_several_selections_are_followed_together(stub: StubServer) -> None:
    pods = Selection(POD, None, labels="app=x")
    with watching_of(stub, HERE, pods) as seen:
        seen.until(lambda: seen.kinds("synced") == ["synced"] * 2)
        put(stub, "m")
        stub.put(POD, {"metadata": {"name": "p", "namespace": "other", "labels": {"app": "x"}}})
        stub.put(POD, {"metadata": {"name": "q", "namespace": "other"}})
        seen.until(lambda: len(seen.kinds("added")) == 2)
        kinds = {(c.selection, c.object["metadata"]["name"]) for c in seen.seen if c.object}
        assert kinds == {(HERE, "m"), (pods, "p")}
        stub.put(POD, {"metadata": {"name": "p", "namespace": "other"}})  # no longer selected
        seen.until(lambda: seen.kinds("deleted") == ["deleted"])


def test_a_half_open_connection_is_noticed(stub: StubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "WATCH_SECONDS", 1)
    monkeypatch.setattr(watching, "SILENCE_SECONDS", -0.7)
    with watching_of(stub) as seen:
        seen.until(lambda: seen.kinds("lost", "synced")[:3] == ["synced", "lost", "synced"])
        assert any("no answer in time" in change.detail for change in seen.seen)


def test_a_watch_that_is_never_answered_is_noticed(stub: StubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    # The bound of the watch's head alone: a list may take longer than that on a busy machine.
    monkeypatch.setattr(sending, "DEFAULT_TIMEOUT", 0.2)
    stub.fail(Stalls(), watch=True)
    with watching_of(stub, timeout=0) as seen:
        seen.until(lambda: seen.kinds("lost", "synced")[:3] == ["synced", "lost", "synced"])


def test_an_expired_sign_in_is_renewed_under_way(stub: StubServer) -> None:
    class Renewing:
        token = "one"

        def proof(self) -> Any:
            from sednactl.cluster.identity import Proof

            return Proof(f"Bearer {self.token}")

        def renew(self) -> bool:
            changed, self.token = self.token != "two", "two"
            return changed

    stub.token = "one"
    with watching_of(stub, identity=Renewing()) as seen:
        stub.wait_for_watches(1)
        stub.token = "two"
        stub.end_watches()
        put(stub, "a")
        seen.until_state(state_of(stub))
        assert seen.kinds("lost") == []


def test_idle_comes_when_nothing_happens(stub: StubServer) -> None:
    changes = stub.cluster().watch([HERE], idle=0.02)
    kinds = [next(changes).type for _ in range(4)]
    assert kinds[-1] == "idle"
    assert "synced" in kinds
    changes.close()  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def others() -> set[threading.Thread]:
    """Note the threads of others, e.g. of a sandbox in this process that serves tests which this one came between."""
    _others.clear()
    _others.update(threading.enumerate())
    return _others


_others: set[threading.Thread] = set()


def watch_threads() -> list[threading.Thread]:
    running = set(threading.enumerate()) - _others
    return [thread for thread in running if thread.name.startswith("sednactl-watch")]


def gone(seconds: float = 40.0) -> bool:
    until = time.monotonic() + seconds
    while watch_threads() and time.monotonic() < until:
        time.sleep(0.01)
    return not watch_threads()


def test_closing_ends_the_threads_also_in_the_middle_of_a_read(stub: StubServer) -> None:
    changes = stub.cluster().watch([HERE, Selection(POD)], idle=0.02)
    while next(changes).type != "synced":
        pass
    stub.wait_for_watches(2)
    changes.close()  # type: ignore[attr-defined]
    assert gone()


@pytest.mark.parametrize("fault", [Stalls(), Reset(), Closes()])
def test_closing_ends_the_threads_also_in_the_middle_of_a_list_or_a_pause(
    stub: StubServer, fault: Any
) -> None:
    changes = stub.cluster(timeout=60).watch([HERE], idle=0.02)
    while next(changes).type != "synced":
        pass
    stub.wait_for_watches(1)
    stub.fail(fault, times=1000)
    stub.cut_watches()
    time.sleep(0.1)
    changes.close()  # type: ignore[attr-defined]
    assert gone()


def test_closing_ends_the_threads_that_wait_for_a_slow_consumer(
    stub: StubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "_QUEUED", 2)
    for number in range(50):
        put(stub, f"m{number}")
    changes = stub.cluster().watch([HERE], idle=1)
    next(changes)
    changes.close()  # type: ignore[attr-defined]
    assert gone()


def test_an_interrupted_consumer_leaves_no_thread(stub: StubServer) -> None:
    def consume() -> None:
        for change in stub.cluster().watch([HERE], idle=0.02):
            if change.type == "idle":
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        consume()
    gc.collect()
    assert gone()


def test_a_slow_consumer_loses_nothing(stub: StubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "_QUEUED", 2)
    with watching_of(stub) as seen:
        stub.wait_for_watches(1)
        for number in range(100):
            put(stub, f"m{number % 7}", str(number))
        seen.until_state(state_of(stub))


# --- the rule itself

uids = st.sampled_from("abcd")
steps = st.lists(st.tuples(st.sampled_from(["put", "remove", "lose", "relist", "repeat"]), uids), max_size=40)


@given(steps)
def test_memory_gives_exactly_the_difference(taken: list[tuple[str, str]]) -> None:
    """Whatever events are lost or repeated, a list afterwards brings the replayed state to the real one."""
    real: dict[str, int] = {}
    replayed: dict[str, str] = {}
    memory = Memory(HERE)
    version = 0
    lossy = False

    def item(uid: str) -> dict[str, Any]:
        return {"metadata": {"name": uid, "uid": uid, "resourceVersion": str(real[uid])}}

    def replay(change: Change | None) -> None:
        if change is None:
            return
        assert change.object is not None
        uid, rv = change.object["metadata"]["uid"], change.object["metadata"]["resourceVersion"]
        if change.type == "added":
            assert uid not in replayed
        else:
            assert uid in replayed
        if change.type == "modified":
            assert replayed[uid] != rv
        if change.type == "deleted":
            del replayed[uid]
        else:
            replayed[uid] = rv

    for step, uid in [*taken, ("relist", "a")]:
        if step == "put":
            version += 1
            kind = "MODIFIED" if uid in real else "ADDED"
            real[uid] = version
            if not lossy:
                replay(memory.event(kind, item(uid)))
        elif step == "remove" and uid in real:
            last = item(uid)
            del real[uid]
            if not lossy:
                replay(memory.event("DELETED", last))
        elif step == "repeat" and uid in real and not lossy:
            assert memory.event("ADDED", item(uid)) is None
        elif step == "lose":
            lossy = True
        elif step == "relist":
            for change in memory.compare([item(uid) for uid in real]):
                replay(change)
            lossy = False
        if not lossy:
            assert replayed == {uid: str(at) for uid, at in real.items()}
    assert len(memory) == len(real)


breaks = ["reset", "end", "compact", "garbage", "stop", "half a line", "list fails", "list breaks off"]
operations = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.sampled_from(["a", "b", "c", "d"])),
        st.tuples(st.just("remove"), st.sampled_from(["a", "b", "c", "d"])),
        st.tuples(st.sampled_from(breaks), st.just("")),
    ),
    min_size=1,
    max_size=25,
)


@settings(
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(operations)
@example([("remove", "a"), ("end", ""), ("half a line", ""), ("put", "a"), ("compact", ""), ("put", "c")])
def test_random_changes_under_random_breaks_arrive_whole(taken: list[tuple[str, str]]) -> None:
    """Over a real connection: whatever breaks, the replayed stream ends at what the server holds."""
    with StubServer(tls=False) as stub:
        put(stub, "a", "0")
        with watching_of(stub) as seen:
            seen.until(lambda: seen.kinds("synced") == ["synced"])
            for number, (step, name) in enumerate(taken):
                act(stub, step, name, number)
            if not stub.running:
                stub.start()
            stub.mend()
            put(stub, "last", "end")
            seen.until_state(state_of(stub))
            seen.state()


def act(stub: StubServer, step: str, name: str, number: int) -> None:
    if step == "put":
        put(stub, name, str(number))
    elif step == "remove":
        stub.remove(MODELS, name)
    elif step == "reset":
        stub.cut_watches()
    elif step == "end":
        stub.end_watches()
    elif step == "compact":
        stub.compact()
        stub.end_watches()
    elif step == "garbage":
        stub.say(b"nonsense\n")
    elif step == "half a line":
        stub.say(b'{"type": "ADD')
        stub.end_watches()
    elif step == "list fails":
        stub.fail(Answers(500), watch=False)
        stub.cut_watches()
    elif step == "list breaks off":
        stub.fail(Truncated(), watch=False)
        stub.cut_watches()
    elif stub.running:
        stub.stop()
    else:
        stub.start()


def test_an_unknown_resource_is_no_crash(stub: StubServer) -> None:
    unknown = Selection(Resource("x.io", "v1", "xs", "X"))
    with pytest.raises(NotFound):
        next(iter(HttpCluster.watch(stub.cluster(), [unknown])))


def test_watching_nothing_ends(stub: StubServer) -> None:
    assert list(stub.cluster().watch([])) == []
