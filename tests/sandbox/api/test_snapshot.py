"""State across restarts: whole or not at all, and the last good one where the disk tore the newest."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sednactl.sandbox.api import snapshot
from sednactl.sandbox.api.bootstrap import furnish
from sednactl.sandbox.api.requests import Answer, Request
from sednactl.sandbox.api.rights import ADMIN
from sednactl.sandbox.api.server import ApiServer
from sednactl.sandbox.api.snapshot import BEFORE, NEWEST, load, restore, save
from sednactl.sandbox.api.text import Json, decode, encode
from sednactl.sandbox.clock import Clock
from sednactl.validation.crd import crd_of

CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
MODELS = "/apis/sedna.io/v1alpha1/namespaces/default/models"


def ask(server: ApiServer, method: str, path: str, body: Json | None = None) -> Json:
    headers = {"content-type": "application/json"}
    answer = server.handle(Request(method, path, {}, headers, b"" if body is None else encode(body), ADMIN))
    assert isinstance(answer, Answer)
    assert answer.status < 300, answer.body
    content: Json = decode(answer.body)
    return content


def model(name: str) -> Json:
    spec = {"url": "/m", "format": "pb"}
    return {"apiVersion": "sedna.io/v1alpha1", "kind": "Model", "metadata": {"name": name}, "spec": spec}


def service(name: str) -> Json:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name},
        "spec": {"ports": [{"port": 80}]},
    }


def reborn(folder: Path) -> ApiServer:
    kept = load(folder)
    assert kept is not None
    server = ApiServer(Clock(start=kept.time))
    restore(server.state, kept)
    furnish(server)
    return server


def test_everything_is_as_it_was(server: ApiServer, tmp_path: Path) -> None:
    ask(server, "POST", CRDS, crd_of("Model"))
    made = ask(server, "POST", MODELS, model("m"))
    address = ask(server, "POST", "/api/v1/namespaces/default/services", service("a"))["spec"]["clusterIP"]
    save(server.state, tmp_path)
    again = reborn(tmp_path)
    assert ask(again, "GET", f"{MODELS}/m") == made
    assert ask(again, "GET", MODELS)["metadata"]["resourceVersion"] == str(server.state.store.revision)
    other = ask(again, "POST", "/api/v1/namespaces/default/services", service("b"))
    assert other["spec"]["clusterIP"] != address
    assert int(other["metadata"]["resourceVersion"]) > int(made["metadata"]["resourceVersion"])


def test_a_torn_file_is_noticed_and_the_one_before_is_used(server: ApiServer, tmp_path: Path) -> None:
    ask(server, "POST", "/api/v1/namespaces/default/services", service("a"))
    save(server.state, tmp_path)
    ask(server, "POST", "/api/v1/namespaces/default/services", service("b"))
    save(server.state, tmp_path)
    newest = tmp_path / NEWEST
    content = newest.read_bytes()
    newest.unlink()  # it may share its bytes with no other name
    newest.write_bytes(content[: len(content) // 2])
    kept = load(tmp_path)
    assert kept is not None
    assert kept.torn == (newest,)
    names = {item["metadata"]["name"] for item in ask(reborn(tmp_path), "GET", "/api/v1/services")["items"]}
    assert names == {"kubernetes", "a"}


@pytest.mark.parametrize("position", [0, 50, -70, -3])
def test_one_wrong_byte_is_noticed(server: ApiServer, tmp_path: Path, position: int) -> None:
    save(server.state, tmp_path)
    file = tmp_path / NEWEST
    content = bytearray(file.read_bytes())
    content[position] ^= 1
    file.write_bytes(content)
    with pytest.raises(ValueError, match="no whole snapshot"):
        load(tmp_path)


def test_a_write_that_dies_halfway_leaves_what_was_there(
    server: ApiServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(server.state, tmp_path)
    before = (tmp_path / NEWEST).read_bytes()
    ask(server, "POST", "/api/v1/namespaces/default/services", service("late"))

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        snapshot.save(server.state, tmp_path)
    assert (tmp_path / NEWEST).read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == [NEWEST]


def test_without_a_snapshot_there_is_none(tmp_path: Path) -> None:
    assert load(tmp_path) is None


def test_the_one_before_serves_where_the_newest_is_missing(server: ApiServer, tmp_path: Path) -> None:
    save(server.state, tmp_path)
    save(server.state, tmp_path)
    (tmp_path / NEWEST).unlink()
    assert load(tmp_path) is not None
    assert (tmp_path / BEFORE).exists()


SAVING = """
import sys
from pathlib import Path
from sednactl.sandbox.api.bootstrap import furnish
from sednactl.sandbox.api.server import ApiServer
from sednactl.sandbox.api.snapshot import save
from sednactl.sandbox.clock import Clock

server = ApiServer(Clock())
furnish(server)
while True:
    save(server.state, Path(sys.argv[1]))
    print("saved", flush=True)
"""


@pytest.mark.parametrize("saves", [1, 2, 7])
def test_killed_in_the_middle_of_a_write_there_is_a_whole_one(tmp_path: Path, saves: int) -> None:
    command = [sys.executable, "-c", SAVING, str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout is not None
    for _ in range(saves):
        assert process.stdout.readline() == b"saved\n"
    process.kill()  # it is already at the next one
    process.wait()
    process.stdout.close()
    kept = load(tmp_path)
    assert kept is not None
    assert kept.torn == ()
    names = {item["metadata"]["name"] for item in ask(reborn(tmp_path), "GET", "/api/v1/namespaces")["items"]}
    assert "sedna" in names
