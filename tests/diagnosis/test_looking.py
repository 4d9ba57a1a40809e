"""Looking at a cluster: many reads at a time, none in another's way, all of it within its time."""

from __future__ import annotations

import io
import re
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from sednactl.cluster.client import HttpCluster
from sednactl.diagnosis.book import Result, all_checks, diagnose
from sednactl.diagnosis.concurrently import MOST_AT_ONCE, look_concurrently
from sednactl.diagnosis.looking import look
from sednactl.diagnosis.observed import Scope
from sednactl.errors import Forbidden, ServerFault, Unauthorized, Unreachable
from sednactl.sandbox.api.bootstrap import furnish
from sednactl.sandbox.api.in_process import in_process_cluster
from sednactl.sandbox.api.requests import User
from sednactl.sandbox.api.rights import ADMIN, IDENTITIES
from sednactl.sandbox.api.server import ApiServer
from sednactl.sandbox.clock import Clock
from sednactl.sandbox.controllers.global_manager.installation import installation
from sednactl.sedna.kinds import JOINT_INFERENCE, MODEL, SEDNA_KINDS
from sednactl.sedna.resources import CRD, SECRET
from sednactl.surroundings import Surroundings
from sednactl.validation.crd import crd_of
from tests.live.services import joint_inference, model

NOWHERE = io.StringIO()
SURROUNDINGS = Surroundings(NOWHERE, NOWHERE, NOWHERE, {})
CHECKS = all_checks()


@pytest.fixture(scope="module")
def server() -> ApiServer:
    """An API server of this process that holds Sedna and two workloads; nothing acts in it."""
    made = ApiServer(Clock())
    furnish(made)
    admin = in_process_cluster(made, ADMIN, SURROUNDINGS)
    for kind in SEDNA_KINDS:
        admin.create(CRD, crd_of(kind.kind))
    for resource, content in installation("0.7", autoscaling=False):
        admin.apply(resource, content, force=True)
    admin.create(MODEL.resource, model("big-model", "default"))
    admin.create(JOINT_INFERENCE.resource, joint_inference("helmet", "default"))
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "s3"},
        "stringData": {"ACCESS_KEY_ID": "hush"},
    }
    admin.create(SECRET, secret)
    dataset = {"url": "s3://b/x", "format": "txt", "nodeName": "edge-node", "credentialName": "s3"}
    data = {"apiVersion": "sedna.io/v1alpha1", "kind": "Dataset", "metadata": {"name": "d"}, "spec": dataset}
    admin.request("POST", "/apis/sedna.io/v1alpha1/namespaces/default/datasets", body=data)
    return made


class Troubled(HttpCluster):
    """A cluster some of whose paths meet trouble; counts how many requests are on their way at once."""

    trouble: Callable[[str], None]
    now_asking = 0
    most = 0
    lock: threading.Lock

    @classmethod
    def of(cls, server: ApiServer, trouble: Callable[[str], None], user: User = ADMIN) -> Troubled:
        plain = in_process_cluster(server, user, SURROUNDINGS)
        made = cls(plain._credentials, plain._access, plain._surroundings, plain._sender)
        made.lock = threading.Lock()
        ask = plain._sender.ask_for  # what every read goes through, those of metadata alone, too

        def asking(decode: Any, method: str, asked: Any, *more: Any, **named: Any) -> Any:
            with made.lock:
                made.now_asking += 1
                made.most = max(made.most, made.now_asking)
            try:
                trouble(asked.path)
                return ask(decode, method, asked, *more, **named)
            finally:
                with made.lock:
                    made.now_asking -= 1

        plain._sender.ask_for = asking  # type: ignore[method-assign]
        return made


def fine(_: str) -> None:
    """No trouble."""


def results(cluster: HttpCluster, scope: Scope | None = None, seconds: float = 60) -> dict[str, list[Result]]:
    found: dict[str, list[Result]] = {}
    chosen = list(CHECKS.values())
    observed = look(cluster, SURROUNDINGS, scope or Scope("default"), chosen, seconds)
    # Judged a day later: what is made in this moment is not late yet, and soon it would be.
    for result in diagnose(chosen, observed, cluster.now() + timedelta(days=1)):
        found.setdefault(result.id, []).append(result)
    return found


def unknown(found: dict[str, list[Result]]) -> set[str]:
    return {identifier for identifier, some in found.items() if any(one.status == "unknown" for one in some)}


@pytest.fixture(scope="module")
def untroubled(server: ApiServer) -> dict[str, list[Result]]:
    cluster = Troubled.of(server, fine)
    found = results(cluster)
    assert 1 < cluster.most <= MOST_AT_ONCE
    return found


def test_what_is_there_is_found(untroubled: dict[str, list[Result]]) -> None:
    said = {identifier: some[0] for identifier, some in untroubled.items()}
    assert said["DOC301"].status == said["DOC303"].status == said["DOC601"].status == "ok"
    assert said["DOC501"].status == "failed" and "horizontalpodautoscalers" in said["DOC501"].message
    missing = [one.message for one in untroubled["DOC702"] if one.status == "failed"]
    assert len(missing) == 1 and "Model little-model (edgeWorker.model) is missing" in missing[0]
    crash = [one for one in untroubled["DOC801"] if one.status == "failed"]
    assert [one.subject.name for one in crash if one.subject] == ["d"] and "Secret s3" in crash[0].message
    assert unknown(untroubled) <= {"DOC202", "DOC203"}  # no node is there that could be measured


_OF_ANY_WORKLOAD = "DOC701 DOC702 DOC703 DOC801 DOC802"
RESTS_ON = {
    "/version": "DOC101",
    "/apis": "DOC102 DOC201",
    "nodes": "DOC103 DOC403 DOC405",
    "apiservices": "DOC201",
    "customresourcedefinitions": "DOC301 DOC302 DOC303 DOC304 DOC402",
    "daemonsets": "DOC403 DOC404 DOC405",
    "clusterroles": "DOC501",
    "clusterrolebindings": "DOC501",
    "selfsubjectaccessreviews": "DOC601",
    "secrets": "DOC702 DOC801",
    "models": "DOC702 DOC801 DOC802",
    "datasets": "DOC702 DOC801 DOC802",
    "deployments": "DOC401 DOC402 DOC404 DOC701 DOC703 DOC704 DOC804",
    "replicasets": "DOC804",
    "pods": "DOC401 DOC701 DOC703 DOC804",
    "services": "DOC701 DOC703 DOC705 DOC804",
    "horizontalpodautoscalers": "DOC701 DOC703 DOC704 DOC804",
    "endpointslices": "DOC705",
    "jointinferenceservices": f"{_OF_ANY_WORKLOAD} DOC704 DOC705",
    "featureextractionservices": f"{_OF_ANY_WORKLOAD} DOC705",
    "objectsearchservices": f"{_OF_ANY_WORKLOAD} DOC705",
    "videoanalyticsjobs": f"{_OF_ANY_WORKLOAD} DOC705",
    "federatedlearningjobs": f"{_OF_ANY_WORKLOAD} DOC705 DOC803",
    "incrementallearningjobs": _OF_ANY_WORKLOAD,
    "lifelonglearningjobs": _OF_ANY_WORKLOAD,
    "objecttrackingservices": _OF_ANY_WORKLOAD,
    "reidjobs": _OF_ANY_WORKLOAD,
}
"""Every kind of read, and the checks that cannot do without it. Ghosts need the workloads of a kind only where one is found."""


def _kind_of_read(path: str) -> str:
    """Give the plural that a path reads, or the path where it reads no objects."""
    found = re.match(r"/(?:api|apis/[^/]+)/v[^/]+/(?:namespaces/[^/]+/)?([a-z]+)", path.partition("?")[0])
    return found[1] if found else path.partition("?")[0]


def test_the_table_names_every_kind_of_read(server: ApiServer) -> None:
    asked: set[str] = set()
    results(Troubled.of(server, lambda path: asked.add(_kind_of_read(path))))
    assert asked == RESTS_ON.keys()


ERRORS = {
    403: Forbidden("no", status=403),
    500: ServerFault("etcdserver: no leader", status=500),
    0: Unreachable("it stalled"),
}


@pytest.mark.parametrize(
    ("read", "status"),
    [*((read, status) for read in RESTS_ON for status in (403, 500)), ("deployments", 0), ("models", 0)],
)
def test_one_failing_read_makes_unknown_what_rests_on_it_and_nothing_else(
    server: ApiServer, untroubled: dict[str, list[Result]], read: str, status: int
) -> None:
    def trouble(asked: str) -> None:
        if _kind_of_read(asked) == read:
            raise ERRORS[status]

    found = results(Troubled.of(server, trouble))
    before = unknown(untroubled)  # what no node can be measured for
    assert unknown(found) - before == set(RESTS_ON[read].split())
    for identifier, some in untroubled.items():
        if identifier not in unknown(found):
            assert [one.status for one in found[identifier]] == [one.status for one in some], identifier


def test_nobody_there_is_an_error_of_its_own(server: ApiServer) -> None:
    def dead(_: str) -> None:
        raise Unreachable("connection refused")

    with pytest.raises(Unreachable, match="connection refused"):
        results(Troubled.of(server, dead))


def test_nobody_who_knows_us_is_an_error_of_its_own(server: ApiServer) -> None:
    def stranger(_: str) -> None:
        raise Unauthorized("who are you?", status=401)

    with pytest.raises(Unauthorized):
        results(Troubled.of(server, stranger))


def test_who_may_nothing_is_told_what_is_missing(server: ApiServer) -> None:
    found = results(Troubled.of(server, fine, IDENTITIES["nobody"]))
    commands = {one.message.partition(":")[0] for one in found["DOC601"]}
    assert {"delete", "cleanup", "doctor", "logs"} <= commands
    assert {one.status for one in found["DOC601"]} == {"warning"}
    statuses = {one.status for identifier, some in found.items() if identifier not in ("DOC101", "DOC102", "DOC601")
                for one in some}  # fmt: skip
    assert statuses <= {"unknown", "failed"}
    assert {one.status for one in found["DOC701"]} == {"unknown"}


@pytest.mark.parametrize(
    ("name", "kinds"), [("helmet", ()), ("helmet", (JOINT_INFERENCE,)), ("big-model", (MODEL,))]
)
def test_one_workload_by_its_name(server: ApiServer, name: str, kinds: Any) -> None:
    found = results(Troubled.of(server, fine), Scope("default", None, kinds, name))
    subjects = {
        one.subject.name for some in found.values() for one in some if one.subject and one.id >= "DOC7"
    }
    assert subjects <= {name}
    assert not unknown({key: value for key, value in found.items() if key >= "DOC7"})


def test_only_what_checks_need_is_read(server: ApiServer) -> None:
    asked: list[str] = []
    look(Troubled.of(server, asked.append), SURROUNDINGS, Scope("default"), [CHECKS["DOC101"]], 60)
    assert asked == ["/version"]


def test_what_a_secret_holds_is_not_kept(server: ApiServer) -> None:
    observed = look(
        Troubled.of(server, fine), SURROUNDINGS, Scope("default"), [CHECKS["DOC702"], CHECKS["DOC801"]], 60
    )
    secret = observed.referred(("Secret", "default", "s3"))
    assert secret is not None and secret.keys() == {"metadata"}


def ending_after(results_taken: int) -> Callable[[], float]:
    """Give a clock for whose caller, who collects results, time is over after so many of them."""
    collector = threading.current_thread()
    asked = 0

    def clock() -> float:
        nonlocal asked
        if threading.current_thread() is not collector:
            return 0.0
        asked += 1
        return 0.0 if asked <= results_taken else 100.0

    return clock


def test_time_runs_out_for_what_stalls_alone() -> None:
    """Reads that never end hold nobody up; the rest is there."""
    forever = threading.Event()
    reads: dict[str, Callable[[], Any]] = {
        f"stalls {number}": lambda: forever.wait(60) for number in range(3)
    }
    reads |= {f"quick {number}": lambda: 1 for number in range(30)}
    try:
        found = look_concurrently(reads, 60, ending_after(30))
    finally:
        forever.set()
    assert {name for name, one in found.items() if one.error} == {
        name for name in reads if name.startswith("stalls")
    }
    assert "ran out" in str(found["stalls 0"].error)


def test_when_all_are_held_up_the_rest_is_open_too() -> None:
    forever = threading.Event()
    reads: dict[str, Callable[[], Any]] = {
        f"stalls {n}": lambda: forever.wait(60) for n in range(MOST_AT_ONCE)
    }
    reads["behind them"] = lambda: 1
    try:
        found = look_concurrently(reads, 60, ending_after(0))
    finally:
        forever.set()
    assert all(one.error for one in found.values())


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_fault_of_our_own_is_no_blind_spot() -> None:
    def fault() -> Iterator[int]:
        raise ZeroDivisionError

    with pytest.raises(RuntimeError, match="reading mine"):
        look_concurrently({"mine": fault}, time.monotonic() + 20, time.monotonic)
    for thread in threading.enumerate():
        if thread.name.startswith("look"):
            thread.join(20)  # so that what it says is said within this test
