"""Requests, repeats and answers of `HttpCluster`, against a server that misbehaves."""

from __future__ import annotations

import dataclasses
import gzip
import io
import json
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import trustme

from sednactl.cluster.access import ClusterAccess
from sednactl.cluster.client import HttpCluster
from sednactl.cluster.credentials import Trust
from sednactl.cluster.door import FIELD_MANAGER, Selection
from sednactl.cluster.identity import ClientCertificate, FixedIdentity, Proof
from sednactl.cluster.sending import Sender
from sednactl.errors import (
    AlreadyExists,
    ClusterError,
    Conflict,
    ExitCode,
    Expired,
    Forbidden,
    Invalid,
    InvalidInput,
    NotFound,
    Refused,
    ServerFault,
    TooBusy,
    Unauthorized,
    Unreachable,
)
from sednactl.sedna.kinds import MODEL
from sednactl.sedna.resources import NAMESPACE, POD, Resource
from sednactl.surroundings import Surroundings
from tests.cluster.stub import (
    Answers,
    Closes,
    ClosesAfterwards,
    Reset,
    SlowHeaders,
    Stalls,
    StubServer,
    Truncated,
    authority,
    listener,
)

MODELS = MODEL.resource


def model(name: str = "m", **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "sedna.io/v1alpha1",
        "kind": "Model",
        "metadata": {"name": name},
        "spec": {"url": "/m", "format": "pb", **spec},
    }


def quick() -> tuple[Surroundings, list[float]]:
    """Give surroundings whose sleep takes no time, and the list of what was slept."""
    slept: list[float] = []
    streams = (io.StringIO(), io.StringIO(), io.StringIO())
    return Surroundings(*streams, {}, sleep=slept.append), slept


def test_an_object_goes_there_and_back(stub: StubServer) -> None:
    cluster = stub.cluster()
    stored = cluster.create(MODELS, model())
    assert stored.created
    assert stored.object["metadata"]["namespace"] == "default"
    assert cluster.get(MODELS, "m") == stored.object
    assert cluster.find(MODELS, "other") is None
    patched = cluster.patch(MODELS, "m", {"spec": {"format": "onnx"}})
    assert patched["spec"] == {"url": "/m", "format": "onnx"}
    cluster.delete(MODELS, "m", uid=patched["metadata"]["uid"])
    assert stub.objects(MODELS) == []


def test_writes_say_who_writes_and_want_strict_validation(stub: StubServer) -> None:
    cluster = stub.cluster()
    cluster.create(MODELS, model(), dry_run=True)
    cluster.apply(MODELS, model(), force=True)
    cluster.apply(MODELS, model(), strict=False, dry_run=True)
    first, second, third = stub.requests
    assert first.query == {"fieldManager": FIELD_MANAGER, "fieldValidation": "Strict", "dryRun": "All"}
    assert second.query == {"fieldManager": FIELD_MANAGER, "fieldValidation": "Strict", "force": "true"}
    assert second.headers["Content-Type"] == "application/apply-patch+yaml"
    assert third.query["fieldValidation"] == "Warn"
    assert third.query["dryRun"] == "All"


def test_delete_sends_its_options(stub: StubServer) -> None:
    uid = stub.put(MODELS, model())["metadata"]["uid"]
    stub.cluster().delete(MODELS, "m", uid=uid, propagation="Orphan", grace_seconds=0, dry_run=True)
    assert stub.requests[-1].body == {
        "apiVersion": "v1",
        "kind": "DeleteOptions",
        "propagationPolicy": "Orphan",
        "preconditions": {"uid": uid},
        "gracePeriodSeconds": 0,
        "dryRun": ["All"],
    }
    assert stub.objects(MODELS)


def test_the_namespace_is_the_arguments_else_the_manifests_else_the_default(stub: StubServer) -> None:
    cluster = stub.cluster(namespace="mine")
    cluster.create(MODELS, model("a"))
    cluster.create(MODELS, model("b") | {"metadata": {"name": "b", "namespace": "theirs"}})
    cluster.create(MODELS, model("c"), namespace="given")
    cluster.create(NAMESPACE, {"metadata": {"name": "n"}})
    assert [request.path for request in stub.requests] == [
        "/apis/sedna.io/v1alpha1/namespaces/mine/models",
        "/apis/sedna.io/v1alpha1/namespaces/theirs/models",
        "/apis/sedna.io/v1alpha1/namespaces/given/models",
        "/api/v1/namespaces",
    ]


def test_names_cannot_leave_their_place_in_the_path(stub: StubServer) -> None:
    for name in ("../x", "..", ".", "a/b", "a%2fb"):
        with pytest.raises(InvalidInput, match="is no name"):
            stub.cluster().get(MODELS, name)
        with pytest.raises(InvalidInput, match="is no namespace"):
            stub.cluster().get(MODELS, "m", name)
    assert stub.requests == []
    for name in ("a?watch=1", "a b", "ä", "a#b", "a;b"):
        with pytest.raises(NotFound):
            stub.cluster().get(MODELS, name)
    assert all(len(request.path.split("/")) == 8 for request in stub.requests)


def test_impersonation_and_credentials_travel_with_each_request() -> None:
    with StubServer(token="s3cret") as stub:
        cluster = stub.cluster(
            impersonate=(
                ("Impersonate-User", "jané"),
                ("Impersonate-Group", "a"),
                ("Impersonate-Group", "b"),
            )
        )
        cluster.request("GET", "/version")
        headers = stub.requests[0].headers
        assert headers.get_all("Impersonate-Group") == ["a", "b"]
        assert headers["Impersonate-User"].encode("latin-1").decode() == "jané"
        assert headers["Authorization"] == "Bearer s3cret"
        assert headers["User-Agent"].startswith("sednactl/")


def test_a_client_certificate_from_memory_signs_us_in(tmp_path: Path) -> None:
    leaf = authority().issue_cert("tester@example.org")
    chain, key = leaf.cert_chain_pems[0].bytes(), leaf.private_key_pem.bytes()
    (tmp_path / "crt").write_bytes(chain)
    (tmp_path / "key").write_bytes(key)
    with StubServer(client_certificates=True) as stub:
        for certificate in (
            ClientCertificate(chain, key),
            ClientCertificate(tmp_path / "crt", tmp_path / "key"),
        ):
            cluster = stub.cluster(identity=FixedIdentity(Proof(None, certificate)))
            assert cluster.request("GET", "/version")["major"] == "1"
        with pytest.raises(Unreachable):
            stub.cluster().request("GET", "/version")


@pytest.mark.parametrize(("chain", "key"), [(b"nonsense", b"nonsense"), (b"", b"")])
def test_unusable_client_certificates_are_named(stub: StubServer, chain: bytes, key: bytes) -> None:
    identity = FixedIdentity(Proof(None, ClientCertificate(chain, key)))
    with pytest.raises(InvalidInput, match="client-certificate"):
        stub.cluster(identity=identity).request("GET", "/version")


def test_a_key_of_another_certificate_and_an_encrypted_key_are_refused(stub: StubServer) -> None:
    one, other = authority().issue_cert("a@b.c"), authority().issue_cert("d@e.f")
    identity = FixedIdentity(
        Proof(None, ClientCertificate(one.cert_chain_pems[0].bytes(), other.private_key_pem.bytes()))
    )
    with pytest.raises(InvalidInput, match="belong together"):
        stub.cluster(identity=identity).request("GET", "/version")
    from cryptography.hazmat.primitives.serialization import (
        BestAvailableEncryption,
        Encoding,
        PrivateFormat,
        load_pem_private_key,
    )

    locked = load_pem_private_key(one.private_key_pem.bytes(), None).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")
    )
    identity = FixedIdentity(Proof(None, ClientCertificate(one.cert_chain_pems[0].bytes(), locked)))
    with pytest.raises(InvalidInput, match="encrypted"):
        stub.cluster(identity=identity).request("GET", "/version")


# --- refusals by cause


def status(code: int, reason: str, message: str, **more: Any) -> dict[str, Any]:
    return {"kind": "Status", "apiVersion": "v1", "code": code, "reason": reason, "message": message, **more}


@pytest.mark.parametrize(
    ("answer", "error", "said"),
    [
        (status(401, "Unauthorized", "Unauthorized"), Unauthorized, "does not know who we are"),
        (
            status(403, "Forbidden", 'models.sedna.io is forbidden: User "u" cannot get resource "models"'),
            Forbidden,
            'User "u" cannot get',
        ),
        (
            status(404, "NotFound", "gone", details={"name": "m", "kind": "models"}),
            NotFound,
            'models.sedna.io "m" not found in namespace "default"',
        ),
        (
            status(404, "NotFound", "the server could not find the requested resource", details={}),
            NotFound,
            "does not serve models.sedna.io in version v1alpha1",
        ),
        (
            status(404, "NotFound", "x", details={"name": "default", "kind": "namespaces"}),
            NotFound,
            'namespace "default" does not exist',
        ),
        (status(409, "AlreadyExists", "x"), AlreadyExists, 'models.sedna.io "m" already exists'),
        (
            status(409, "Conflict", "the object has been modified; please"),
            Conflict,
            "changed by somebody else",
        ),
        (status(410, "Expired", "old"), Expired, "too old"),
        (status(422, "Invalid", "Model is invalid"), Invalid, "refuses models.sedna.io"),
        (status(400, "BadRequest", "strict decoding error"), Invalid, "strict decoding error"),
        (status(429, "TooManyRequests", "budget"), TooBusy, "too busy"),
        (status(405, "MethodNotAllowed", "no"), Refused, "refused to get"),
        (status(501, "", "not implemented"), ServerFault, "not implemented"),
    ],
)
def test_each_refusal_has_its_cause(
    stub: StubServer, answer: dict[str, Any], error: type[Refused], said: str
) -> None:
    stub.fail(Answers(answer["code"], answer), times=10)
    with pytest.raises(Refused) as caught:
        stub.cluster(surroundings=quick()[0]).get(MODELS, "m")
    assert type(caught.value).__mro__[0] is error or isinstance(caught.value, error)
    assert said in caught.value.message
    assert caught.value.status == answer["code"]
    assert caught.value.exit_code == ExitCode.REFUSED
    assert "\n" not in caught.value.message


def test_forbidden_says_how_to_test_for_the_right(stub: StubServer) -> None:
    stub.fail(Answers(403, status(403, "Forbidden", 'User "u" cannot list resource')))
    with pytest.raises(Forbidden) as caught:
        list(stub.cluster().list(Selection(MODELS, "edge")))
    assert caught.value.hint and "kubectl auth can-i list models.sedna.io -n edge" in caught.value.hint
    stub.fail(Answers(403, status(403, "Forbidden", "exceeded quota: q")))
    with pytest.raises(Forbidden) as caught:
        stub.cluster().create(MODELS, model())
    assert caught.value.message == "exceeded quota: q"
    assert caught.value.hint is None


def test_a_kind_that_is_not_served_is_not_a_missing_object() -> None:
    with StubServer(served=(POD,)) as stub:
        cluster = stub.cluster()
        asks: tuple[Callable[[], object], ...] = (
            lambda: cluster.get(MODELS, "m"),
            lambda: cluster.find(MODELS, "m"),
        )
        for ask in asks:
            with pytest.raises(NotFound) as caught:
                ask()
            assert "does not serve models.sedna.io" in caught.value.message
            assert caught.value.hint and "CRDs" in caught.value.hint
        assert not cluster.serves(MODELS)
        assert cluster.serves(POD)
        assert not cluster.serves(Resource("", "v1", "nothings", "Nothing"))
        asked = len(stub.requests)
        assert cluster.serves(POD)
        assert len(stub.requests) == asked, "discovery is asked once"


def test_a_conflict_has_a_line_for_each_manager_and_field(stub: StubServer) -> None:
    causes = [
        {
            "reason": "FieldManagerConflict",
            "message": 'conflict with "kubectl" using v1',
            "field": ".spec.url",
        },
        {"reason": "FieldManagerConflict", "message": 'conflict with "hpa"', "field": ".spec.format"},
    ]
    stub.fail(Answers(409, status(409, "Conflict", "Apply failed", details={"causes": causes})))
    with pytest.raises(Conflict) as caught:
        stub.cluster().apply(MODELS, model())
    assert caught.value.message.startswith('2 fields of models.sedna.io "m"')
    assert caught.value.detail == ('"kubectl": .spec.url', '"hpa": .spec.format')


def test_invalid_has_a_line_for_each_cause_and_never_too_many(stub: StubServer) -> None:
    causes = [{"field": f"spec.f{n}", "message": "Required value"} for n in range(80)]
    stub.fail(Answers(422, status(422, "Invalid", "long", details={"causes": causes})))
    with pytest.raises(Invalid) as caught:
        stub.cluster().create(MODELS, model())
    assert caught.value.detail[0] == "spec.f0: Required value"
    assert len(caught.value.detail) == 51
    assert caught.value.detail[-1] == "... and 30 more"


def test_applying_an_undeclared_field_is_invalid_though_the_server_says_500(stub: StubServer) -> None:
    message = "failed to create typed patch object (d/m; sedna.io/v1alpha1, Kind=Model): .spec.x: field not declared in schema"
    stub.fail(Answers(500, status(500, "", message)))
    with pytest.raises(Invalid) as caught:
        stub.cluster().apply(MODELS, model())
    assert caught.value.detail == (".spec.x: field not declared in schema",)
    assert len(stub.requests) == 1, "trying again would not help"


def test_a_precondition_that_fails_says_that_it_is_another_object(stub: StubServer) -> None:
    stub.put(MODELS, model())
    with pytest.raises(Conflict, match="another object than before"):
        stub.cluster().delete(MODELS, "m", uid="not-that-one")
    assert stub.objects(MODELS)


def test_warnings_come_with_what_was_stored(stub: StubServer) -> None:
    headers = (
        ("Warning", '299 - "unknown field \\"spec.x\\"", 299 k8s "old, very"'),
        ("Warning", '299 - "b"'),
    )
    stub.fail(Answers(201, model(), headers))
    assert stub.cluster().create(MODELS, model()).warnings == ('unknown field "spec.x"', "old, very", "b")


# --- answers that are none


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Answers(200, "<html>sign in</html>", content_type="text/html"), "text/html"),
        (Answers(302, "", (("Location", "https://login"),), "text/html"), "redirect"),
        (Answers(403, "<html>blocked</html>", content_type="text/html"), "text/html"),
        (Answers(200, "{half", content_type="application/json"), "no JSON object"),
        (Answers(200, "[1, 2]", content_type="application/json"), "no JSON object"),
        (Answers(200, "[" * 200_000, content_type="application/json"), "no JSON object"),
        (Answers(200, b"\xff\xfe\x00", content_type="application/octet-stream"), "octet-stream"),
        (Truncated(after=20), "middle of an answer"),
        (Closes(), "closed without an answer"),
        (Reset(), "cannot reach"),
        (Stalls(), "no answer in time"),
        (SlowHeaders(), "no answer in time"),
    ],
)
def test_answers_that_no_api_server_gives(stub: StubServer, fault: Any, said: str) -> None:
    stub.fail(fault, times=10)
    timeout = 0.4 if said == "no answer in time" else 30
    cluster = stub.cluster(timeout=timeout, surroundings=quick()[0])
    with pytest.raises(Unreachable) as caught:
        cluster.get(MODELS, "m")
    assert said in caught.value.message
    assert stub.url in caught.value.message
    assert caught.value.hint
    assert caught.value.exit_code == ExitCode.UNREACHABLE


def zipped(content: bytes) -> Answers:
    return Answers(200, content, (("Content-Encoding", "gzip"),))


def test_zipped_answers_are_read(stub: StubServer) -> None:
    stub.fail(zipped(gzip.compress(json.dumps(model("zipped")).encode())))
    assert stub.cluster().get(MODELS, "m")["metadata"]["name"] == "zipped"
    assert stub.requests[-1].headers["Accept-Encoding"] == "gzip"
    broken = gzip.compress(json.dumps(model()).encode())
    for content in (broken[:-9], broken[:20], b"no gzip at all", b""):
        stub.fail(zipped(content), times=4)
        with pytest.raises(Unreachable, match="middle of an answer"):
            stub.cluster(surroundings=quick()[0]).get(MODELS, "m")


def test_a_small_answer_that_unzips_without_end_is_given_up(
    stub: StubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sednactl.cluster.sending.LARGEST_ANSWER", 1_000_000)
    stub.fail(zipped(gzip.compress(b" " * 50_000_000)), times=4)
    with pytest.raises(Unreachable, match="more than 1000000 bytes"):
        stub.cluster(surroundings=quick()[0]).get(MODELS, "m")


def test_an_answer_without_end_is_given_up(stub: StubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sednactl.cluster.sending.LARGEST_ANSWER", 10_000)
    stub.fail(Answers(200, {"x": "y" * 20_000}))
    with pytest.raises(Unreachable, match="more than 10000 bytes"):
        stub.cluster().get(MODELS, "m")


# --- nobody there


def test_a_refused_connection() -> None:
    with StubServer() as stub:
        pass
    with pytest.raises(Unreachable, match="connection was refused") as caught:
        stub.cluster().get(MODELS, "m")
    assert caught.value.hint and "context stub" in caught.value.hint


def test_a_host_that_does_not_exist(stub: StubServer) -> None:
    cluster = stub.cluster(server="https://no-such-host.invalid:6443")
    with pytest.raises(Unreachable, match="no such host"):
        cluster.get(MODELS, "m")


def test_looking_up_a_name_is_bounded(stub: StubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    real, release = socket.getaddrinfo, threading.Event()

    def slow(host: bytes, *args: Any, **kwargs: Any) -> Any:
        if host == b"slow.example" and not kwargs.get("flags"):
            release.wait(20)
        return real(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    with pytest.raises(Unreachable, match="no answer in time"):
        stub.cluster(server="https://slow.example:1", timeout=0.2).get(MODELS, "m")
    release.set()


def test_a_server_that_accepts_and_says_nothing() -> None:
    def silent(connection: socket.socket) -> None:
        connection.recv(1)
        threading.Event().wait(3)

    with StubServer() as stub, listener(silent) as port:
        cluster = stub.cluster(server=f"https://127.0.0.1:{port}", timeout=0.3)
        with pytest.raises(Unreachable, match="no answer in time"):
            cluster.get(MODELS, "m")


def test_something_else_listens_there() -> None:
    def ssh(connection: socket.socket) -> None:
        connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")
        connection.recv(4096)

    with StubServer() as stub, listener(ssh) as port:
        with pytest.raises(Unreachable, match="does not speak TLS"):
            stub.cluster(server=f"https://127.0.0.1:{port}").get(MODELS, "m")
        with pytest.raises(Unreachable, match="does not speak HTTP"):
            stub.cluster(server=f"http://127.0.0.1:{port}").get(MODELS, "m")


def test_plain_http_where_tls_is_wanted_and_the_other_way() -> None:
    with StubServer(tls=False) as plain:
        with pytest.raises(Unreachable, match="does not speak TLS"):
            plain.cluster(server=plain.url.replace("http:", "https:")).get(MODELS, "m")
        message = "Client sent an HTTP request to an HTTPS server.\n"
        plain.fail(Answers(400, message, content_type="text/plain"))
        with pytest.raises(Unreachable, match="wants TLS") as caught:
            plain.cluster().get(MODELS, "m")
        assert caught.value.hint and "https://" in caught.value.hint


def test_certificates_that_do_not_fit() -> None:
    with StubServer(ca=trustme.CA()) as foreign, pytest.raises(Unreachable) as caught:
        foreign.cluster().get(MODELS, "m")
    assert "not trusted" in caught.value.message
    assert caught.value.hint and "certificate-authority" in caught.value.hint

    with StubServer(names=("api.example",)) as named:
        with pytest.raises(Unreachable, match="not trusted") as caught:
            named.cluster().get(MODELS, "m")
        assert caught.value.hint and "tls-server-name" in caught.value.hint
        trust = Trust(authority().cert_pem.bytes(), server_name="api.example")
        assert named.cluster(trust=trust).request("GET", "/version")
        assert named.cluster(trust=Trust(insecure=True)).request("GET", "/version")
        with pytest.raises(Unreachable, match="not trusted"):
            named.cluster(trust=Trust()).request("GET", "/version")  # the system's own authorities


# --- repeats: nothing is done twice


def test_reads_are_repeated_after_resets_and_server_faults(stub: StubServer) -> None:
    stub.put(MODELS, model())
    surroundings, slept = quick()
    stub.fail(Reset())
    stub.fail(Answers(503))
    stub.fail(Truncated())
    assert stub.cluster(surroundings=surroundings).get(MODELS, "m")
    assert len(stub.requests) == 4
    assert len(slept) == 3


def test_repeating_ends(stub: StubServer) -> None:
    surroundings, slept = quick()
    stub.fail(Answers(500), times=100)
    with pytest.raises(ServerFault):
        stub.cluster(surroundings=surroundings).get(MODELS, "m")
    assert len(stub.requests) == 4
    assert len(slept) == 3


@pytest.mark.parametrize(
    "fault", [Reset(done=True), Truncated(done=True), Closes(done=True), Answers(500, done=True)]
)
@pytest.mark.parametrize(
    ("write", "method"),
    [
        (lambda cluster: cluster.create(MODELS, {"metadata": {"generateName": "m-"}}), "POST"),
        (lambda cluster: cluster.patch(MODELS, "m", {"spec": {"url": "/new"}}), "PATCH"),
        (lambda cluster: cluster.patch(MODELS, "m", [{"op": "add", "path": "/x/-", "value": 1}]), "PATCH"),
        (lambda cluster: cluster.delete(MODELS, "m"), "DELETE"),
        (lambda cluster: cluster.request("POST", "/apis/sedna.io/v1alpha1/models", body=model("z")), "POST"),
    ],
)
def test_writes_that_could_do_harm_are_never_sent_twice(
    stub: StubServer, fault: Any, write: Callable[[HttpCluster], Any], method: str
) -> None:
    stub.put(MODELS, model())
    stub.fail(fault, method=method, times=5)
    with pytest.raises(ClusterError) as caught:
        write(stub.cluster(surroundings=quick()[0]))
    assert [request.method for request in stub.requests] == [method]
    if isinstance(caught.value, Unreachable):
        assert "is not known" in caught.value.message
        assert caught.value.hint == "look before doing it again"


def test_applying_is_repeated_as_that_changes_nothing(stub: StubServer) -> None:
    stub.fail(Reset(done=True), method="PATCH")
    stored = stub.cluster(surroundings=quick()[0]).apply(MODELS, model())
    assert [request.method for request in stub.requests] == ["PATCH", "PATCH"]
    assert stub.objects(MODELS) == [stored.object]


def test_a_write_whose_answers_are_all_lost_is_said_to_be_in_doubt(stub: StubServer) -> None:
    uid = stub.put(MODELS, model("old"))["metadata"]["uid"]
    stub.fail(Reset(), times=100)
    cluster = stub.cluster(surroundings=quick()[0])
    for write in (
        lambda: cluster.apply(MODELS, model()),
        lambda: cluster.delete(MODELS, "old", uid=uid),
        lambda: cluster.create(MODELS, model()),
    ):
        with pytest.raises(Unreachable, match="is not known"):
            write()
    for harmless in (
        lambda: cluster.get(MODELS, "m"),
        lambda: cluster.apply(MODELS, model(), dry_run=True),
        lambda: cluster.create(MODELS, model(), dry_run=True),
        lambda: cluster.delete(MODELS, "old", dry_run=True),
    ):
        with pytest.raises(Unreachable) as caught:
            harmless()
        assert "is not known" not in caught.value.message


def test_a_lost_answer_stays_in_doubt_when_the_server_is_gone_afterwards(stub: StubServer) -> None:
    stub.fail(Reset(done=True), method="PATCH")
    surroundings = quick()[0]._replace(sleep=lambda _: stub.stop())
    with pytest.raises(Unreachable, match=r"was refused; whether it did patch models\.sedna\.io") as caught:
        stub.cluster(surroundings=surroundings).apply(MODELS, model())
    assert caught.value.hint == "look before doing it again"
    assert len(stub.objects(MODELS)) == 1


def test_a_write_that_ends_in_a_server_fault_may_have_been_done(stub: StubServer) -> None:
    stub.fail(Answers(504, done=True))
    with pytest.raises(ServerFault) as caught:
        stub.cluster().create(MODELS, model())
    assert caught.value.hint and "look before doing it again" in caught.value.hint


@pytest.mark.parametrize("first", [Reset(done=True), Answers(500, done=True), Answers(503)])
def test_a_refusal_after_a_lost_answer_leaves_the_write_in_doubt(stub: StubServer, first: Any) -> None:
    uid = stub.put(MODELS, model())["metadata"]["uid"]
    cluster = stub.cluster(surroundings=quick()[0])
    for write in (lambda: cluster.delete(MODELS, "m", uid=uid), lambda: cluster.apply(MODELS, model())):
        stub.fail(first)
        stub.fail(Answers(403))
        with pytest.raises(Forbidden) as caught:
            write()
        assert caught.value.in_doubt
        assert caught.value.hint and "it may have been done all the same" in caught.value.hint
    for certain in (
        lambda: cluster.delete(MODELS, "m", uid=uid),
        lambda: cluster.get(MODELS, "m"),
        lambda: cluster.apply(MODELS, model(), dry_run=True),
    ):
        stub.fail(Answers(429, headers=(("Retry-After", "1"),)))
        stub.fail(Answers(403))
        with pytest.raises(Forbidden) as caught:
            certain()
        assert not caught.value.in_doubt


@pytest.mark.parametrize("look", [Answers(403), Answers(500), Answers(404, "no such path"), Reset()])
def test_a_look_that_fails_after_a_lost_answer_leaves_the_write_in_doubt(stub: StubServer, look: Any) -> None:
    uid = stub.put(MODELS, model())["metadata"]["uid"]
    only_new = model() | {"metadata": {"name": "m", "resourceVersion": "1"}}
    cluster = stub.cluster(surroundings=quick()[0])
    for write in (lambda: cluster.delete(MODELS, "m", uid=uid), lambda: cluster.apply(MODELS, only_new)):
        stub.fail(Reset(done=True))
        stub.fail(Answers(409))
        stub.fail(look, method="GET", times=9)
        with pytest.raises(ClusterError) as caught:
            write()
        assert caught.value.in_doubt
        assert caught.value.hint and "look before doing it again" in caught.value.hint
        stub.mend()


def test_a_create_whose_answer_was_lost_is_known_again_though_the_server_drops_nulls(
    stub: StubServer,
) -> None:
    stored = model()
    manifest = {**stored, "metadata": {**stored["metadata"], "resourceVersion": "1"}}
    manifest["spec"] = {**stored.get("spec", {}), "credentialName": None}
    stub.fail(Reset(), method="PATCH")

    def create_meanwhile(_seconds: float) -> None:
        stub.put(MODELS, stored)

    surroundings = quick()[0]._replace(sleep=create_meanwhile)
    assert stub.cluster(surroundings=surroundings).apply(MODELS, manifest).created


def test_an_answer_to_a_write_that_is_too_long_to_be_read_leaves_it_in_doubt(
    stub: StubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sednactl.cluster.sending.LARGEST_REFUSAL", 1000)
    cluster = stub.cluster(surroundings=quick()[0])
    writes: tuple[Callable[[], object], ...] = (
        lambda: cluster.create(MODELS, model("a")),
        lambda: cluster.apply(MODELS, model("b")),
    )
    for write in writes:
        stub.fail(Answers(502, "x" * 5000, content_type="text/html", done=True))
        with pytest.raises(Unreachable, match="is not known") as caught:
            write()
        assert caught.value.in_doubt
    assert len(stub.requests) == 2  # asking again would give the same


def test_a_deletion_bound_to_a_uid_is_repeated_and_its_own_success_is_no_failure(stub: StubServer) -> None:
    uid = stub.put(MODELS, model())["metadata"]["uid"]
    stub.fail(Reset(done=True), method="DELETE")
    result = stub.cluster(surroundings=quick()[0]).delete(MODELS, "m", uid=uid)
    assert result["status"] == "Success"
    assert len(stub.requests) == 2
    with pytest.raises(NotFound):
        stub.cluster().delete(MODELS, "m", uid=uid)


def test_throttled_requests_wait_as_long_as_the_server_says(stub: StubServer) -> None:
    surroundings, slept = quick()
    stub.fail(Answers(429, headers=(("Retry-After", "2"),)), times=2)
    assert stub.cluster(surroundings=surroundings).create(MODELS, model()).created
    assert slept == [2.0, 2.0]
    assert len(stub.objects(MODELS)) == 1


def test_throttling_that_goes_on_or_asks_too_much_is_an_error(stub: StubServer) -> None:
    surroundings, slept = quick()
    stub.fail(Answers(429, headers=(("Retry-After", "1"),)), times=50)
    with pytest.raises(TooBusy):
        stub.cluster(surroundings=surroundings).get(MODELS, "m")
    assert slept == [1.0] * 3
    stub.mend()
    stub.fail(Answers(429, headers=(("Retry-After", "86400"),)))
    with pytest.raises(TooBusy):
        stub.cluster(surroundings=surroundings, timeout=0).get(MODELS, "m")  # 0: for ever
    stub.fail(Answers(429))  # a disruption budget says no without Retry-After
    with pytest.raises(TooBusy):
        stub.cluster(surroundings=surroundings).create(MODELS, model())
    assert slept == [1.0] * 3


def test_waiting_never_passes_the_request_timeout(stub: StubServer) -> None:
    surroundings, slept = quick()
    stub.fail(Answers(429, headers=(("Retry-After", "3"),)))
    with pytest.raises(TooBusy):
        stub.cluster(surroundings=surroundings, timeout=2).get(MODELS, "m")
    assert slept == []


@pytest.mark.timeout(25)  # one silent request takes 30 s by itself
def test_requests_end_within_a_bound_that_is_set_around_them(stub: StubServer) -> None:
    cluster = stub.cluster()
    stub.fail(Stalls(), times=2)
    with cluster.within(1), pytest.raises(Unreachable):
        cluster.get(MODELS, "m")
    with pytest.raises(Unreachable), cluster.within(0):  # time that is over still leaves a try
        cluster.get(MODELS, "m")
    stub.mend()
    with cluster.within(0), pytest.raises(NotFound):
        cluster.get(MODELS, "m")


# --- kept-alive connections


def test_connections_are_kept_and_reused(stub: StubServer) -> None:
    accepted = count_connections(stub)
    cluster = stub.cluster()
    for _ in range(5):
        cluster.request("GET", "/version")
    with pytest.raises(NotFound):
        cluster.get(MODELS, "m")
    cluster.request("GET", "/version")
    assert accepted() == 1
    cluster.close()
    cluster.request("GET", "/version")
    assert accepted() == 2


def count_connections(stub: StubServer) -> Callable[[], int]:
    seen = 0
    assert stub._http is not None
    real = stub._http.get_request

    def counting() -> Any:
        nonlocal seen
        result = real()
        seen += 1
        return result

    stub._http.get_request = counting  # type: ignore[method-assign]
    return lambda: seen


def test_a_connection_that_the_server_closed_is_not_used_for_a_write(stub: StubServer) -> None:
    cluster = stub.cluster()
    stub.fail(ClosesAfterwards())
    cluster.request("GET", "/version")
    stub.stop()
    stub.start()
    assert cluster.create(MODELS, model()).created
    assert [request.method for request in stub.requests] == ["GET", "POST"]


def test_an_interrupted_exchange_leaves_no_answer_for_the_next_request(
    stub: StubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster = stub.cluster()
    stub.put(MODELS, model("a"))
    cluster.request("GET", "/version")
    read = Sender._read

    def interrupted(self: Sender, response: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(Sender, "_read", interrupted)
    with pytest.raises(KeyboardInterrupt):
        cluster.request("GET", "/version")
    monkeypatch.setattr(Sender, "_read", read)
    assert cluster.get(MODELS, "a")["metadata"]["name"] == "a"


def test_many_threads_share_one_cluster(stub: StubServer) -> None:
    for number in range(20):
        stub.put(MODELS, model(f"m{number}"))
    cluster = stub.cluster()
    wrong: list[str] = []

    def ask(number: int) -> None:
        for _ in range(5):
            if cluster.get(MODELS, f"m{number}")["metadata"]["name"] != f"m{number}":
                wrong.append(f"m{number}")

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert wrong == []


def test_signing_in_anew_after_a_401(stub: StubServer) -> None:
    class Renewing:
        asked = 0

        def proof(self) -> Proof:
            return Proof("Bearer good" if self.asked else "Bearer old")

        def renew(self) -> bool:
            self.asked += 1
            return True

    identity = Renewing()
    stub.token = "good"
    cluster = stub.cluster(identity=identity)
    assert cluster.create(MODELS, model()).created
    assert identity.asked == 1
    stub.fail(Answers(503), times=3)
    stub.token = "another"
    with pytest.raises(Unauthorized):
        cluster.get(MODELS, "m")  # also when all tries are used up
    stub.mend()
    with pytest.raises(Unauthorized) as caught:
        cluster.get(MODELS, "m")
    assert identity.asked == 2, "once for each request, no more"
    assert "good" not in caught.value.message + (caught.value.hint or "")


def test_the_trace_tells_each_request_and_no_secret(stub: StubServer) -> None:
    told: list[str] = []
    surroundings = quick()[0]._replace(trace=told.append)
    stub.token = "s3cret"
    stub.fail(Reset())
    cluster = stub.cluster(surroundings=surroundings)
    cluster.find(MODELS, "m")
    cluster.create(MODELS, model(url="s3cret"))
    changes = cluster.watch([Selection(MODELS)])
    next(changes)
    changes.close()  # type: ignore[attr-defined]
    assert told[0].startswith("GET /apis/sedna.io/v1alpha1/namespaces/default/models/m cannot reach")
    assert told[1] == "trying again in 0.2 s"
    assert told[2].startswith("GET /apis/sedna.io/v1alpha1/namespaces/default/models/m 404 ")
    assert told[3].startswith("POST /apis/sedna.io/v1alpha1/namespaces/default/models?fieldManager=sednactl")
    assert "s3cret" not in "".join(told)


def test_credentials_never_show(stub: StubServer) -> None:
    secret = "s3cr3t-t0ken"
    proof = Proof(f"Bearer {secret}", ClientCertificate(secret.encode(), secret.encode()))
    credentials = stub.credentials(FixedIdentity(proof))
    access = ClusterAccess(request_timeout=1)
    for shown in (proof, proof.certificate, credentials, credentials.identity):
        assert secret not in repr(shown)
        assert secret not in str(shown)
    bare = dataclasses.replace(credentials, identity=FixedIdentity(Proof(f"Bearer {secret}")))
    cluster = HttpCluster(bare, access, quick()[0])
    for fault in (Reset(), Answers(401), Answers(403), Answers(200, "<html>", content_type="text/html")):
        stub.fail(fault, times=4)
        with pytest.raises(ClusterError) as caught:
            cluster.get(MODELS, "m")
        said = [
            caught.value.message,
            caught.value.hint or "",
            *caught.value.detail,
            repr(caught.value.__cause__),
        ]
        assert secret not in json.dumps(said)
        stub.mend()
