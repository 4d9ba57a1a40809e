"""Credentials from kubeconfigs and pods: the light path and the official client's loader, held to the same tests.

Run once for each supported major of the `kubernetes` package.
"""

from __future__ import annotations

import base64
import io
import json
import os
import stat
import subprocess
import sys
import tempfile
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import yaml

from sednactl.cluster import credentials as credentials_module
from sednactl.cluster.access import ClusterAccess
from sednactl.cluster.client import HttpCluster
from sednactl.cluster.credentials import Credentials, credentials_of, find_credentials
from sednactl.cluster.door import open_cluster
from sednactl.cluster.exec_plugin import _moment
from sednactl.cluster.identity import TokenFileIdentity
from sednactl.cluster.kubeconfig import choose_context, kubeconfig_files, read_kubeconfig
from sednactl.errors import ClusterError, InvalidInput, SednactlError, Unauthorized, Unreachable, UsageError
from sednactl.surroundings import Surroundings
from tests.cluster.stub import StubServer, authority

SECRET = "t0p-s3cret"
CA = base64.b64encode(authority().cert_pem.bytes()).decode()


class World:
    """A home, an environment and a clock of the test's own."""

    def __init__(self, home: Path, official: bool) -> None:
        self.home = home
        self.official = official
        self.environ: dict[str, str] = {"HOME": str(home), "PATH": os.environ["PATH"]}
        self.seconds = 1000.0
        self.started = datetime.now(timezone.utc)
        self.stdin = io.StringIO()

    @property
    def surroundings(self) -> Surroundings:
        return Surroundings(
            self.stdin,
            io.StringIO(),
            io.StringIO(),
            self.environ,
            now=lambda: self.started + timedelta(seconds=self.seconds - 1000),
            monotonic=lambda: self.seconds,
        )

    def write(self, name: str, content: Any) -> Path:
        file = self.home / name
        file.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            file.write_bytes(content)
        else:
            file.write_text(content if isinstance(content, str) else yaml.safe_dump(content))
        return file

    def find(self, **flags: Any) -> Credentials:
        """Find credentials with the loader under test."""
        access = ClusterAccess(**flags)
        files, named = kubeconfig_files(access, self.surroundings)
        config = read_kubeconfig(files, named)
        assert config is not None
        chosen = choose_context(config, access.context, files)
        return credentials_of(chosen, access, self.surroundings, official=self.official)

    def default(self, user: Any, cluster: Any = None, **changes: Any) -> Credentials:
        """Find credentials in ~/.kube/config with this user and cluster."""
        self.write(".kube/config", config_of(user, cluster, **changes))
        return self.find()


def config_of(user: Any, cluster: Any = None, **changes: Any) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "here",
        "clusters": [{"name": "c", "cluster": cluster or {"server": "https://127.0.0.1:6443"}}],
        "contexts": [{"name": "here", "context": {"cluster": "c", "user": "u", "namespace": "edge"}}],
        "users": [{"name": "u", "user": user}],
        **changes,
    }


@pytest.fixture(params=[False, True], ids=["light", "official"])
def world(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """Give an empty home, once for each loader."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy") or name.startswith("KUBE"):
            monkeypatch.delenv(name)
    return World(tmp_path, request.param)


@pytest.fixture
def light(tmp_path: Path) -> World:
    """Give an empty home for what does not depend on the loader."""
    return World(tmp_path, False)


# --- what a user's entry may hold


def test_a_token(world: World) -> None:
    found = world.default({"token": SECRET})
    assert found.identity.proof().authorization == f"Bearer {SECRET}"
    assert (found.server, found.context, found.namespace) == ("https://127.0.0.1:6443", "here", "edge")


def test_a_token_file_beside_its_kubeconfig(world: World) -> None:
    world.write(".kube/keys/token", f"{SECRET}\n")
    found = world.default({"tokenFile": "keys/token"})
    assert found.identity.proof().authorization == f"Bearer {SECRET}"


def test_a_user_name_and_a_password(world: World) -> None:
    found = world.default({"username": "jane", "password": "pass:word"})
    expected = base64.b64encode(b"jane:pass:word").decode()
    assert found.identity.proof().authorization == f"Basic {expected}"


def test_nobody_at_all(world: World) -> None:
    proof = world.default({}).identity.proof()
    assert proof.authorization is None
    assert proof.certificate is None


@pytest.mark.parametrize("as_data", [True, False])
def test_client_certificates_sign_in_to_a_real_server(world: World, as_data: bool) -> None:
    leaf = authority().issue_cert("jane@example.org")
    chain, key = leaf.cert_chain_pems[0].bytes(), leaf.private_key_pem.bytes()
    if as_data:
        user = {
            "client-certificate-data": base64.b64encode(chain).decode(),
            "client-key-data": base64.b64encode(key).decode(),
        }
    else:
        world.write(".kube/pki/jane.crt", chain)
        world.write(".kube/pki/jane.key", key)
        user = {"client-certificate": "pki/jane.crt", "client-key": "pki/jane.key"}
    before = set(Path(tempfile.gettempdir()).iterdir())
    with StubServer(client_certificates=True) as stub:
        found = world.default(user, {"server": stub.url, "certificate-authority-data": CA})
        cluster = HttpCluster(found, ClusterAccess(request_timeout=30), world.surroundings)
        assert cluster.request("GET", "/version")["major"] == "1"
    left = [file for file in set(Path(tempfile.gettempdir()).iterdir()) - before if "sednactl" in file.name]
    assert left == [], "no key is left behind"


def test_token_and_authority_work_on_a_real_server(world: World) -> None:
    world.write(".kube/ca.crt", authority().cert_pem.bytes())
    with StubServer(token=SECRET) as stub:
        found = world.default(
            {"token": SECRET}, {"server": stub.url + "/", "certificate-authority": "ca.crt"}
        )
        assert found.server == stub.url
        cluster = HttpCluster(found, ClusterAccess(request_timeout=30), world.surroundings)
        assert cluster.request("GET", "/version")["major"] == "1"
        wrong = world.default({"token": "other"}, {"server": stub.url, "certificate-authority": "ca.crt"})
        with pytest.raises(Unauthorized):
            HttpCluster(wrong, ClusterAccess(request_timeout=30), world.surroundings).request(
                "GET", "/version"
            )


def test_server_names_and_insecure_servers(world: World) -> None:
    with StubServer(names=("api.example",)) as stub:
        for cluster in (
            {"server": stub.url, "certificate-authority-data": CA, "tls-server-name": "api.example"},
            {"server": stub.url, "insecure-skip-tls-verify": True},
        ):
            found = world.default({}, cluster)
            opened = HttpCluster(found, ClusterAccess(request_timeout=30), world.surroundings)
            assert opened.request("GET", "/version")


def test_a_servers_path_goes_before_each_request(world: World) -> None:
    with StubServer() as stub:
        found = world.default({}, {"server": f"{stub.url}/k8s/c-1/", "certificate-authority-data": CA})
        cluster = HttpCluster(found, ClusterAccess(request_timeout=30), world.surroundings)
        with pytest.raises(ClusterError):
            cluster.request("GET", "/version")
        assert stub.requests[-1].path == "/k8s/c-1/version"


# --- several files, several contexts


def test_of_several_files_the_first_that_says_something_wins(world: World) -> None:
    world.write("one/config", {"contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}]})
    world.write(
        "two/config",
        {
            "current-context": "x",
            "clusters": [{"name": "c", "cluster": {"server": "https://two:1"}}],
            "contexts": [{"name": "x", "context": {"cluster": "elsewhere"}}],
            "users": [{"name": "u", "user": {"tokenFile": "token"}}],
        },
    )
    world.write("two/token", "from-two")
    world.write(
        "three/config",
        {
            "current-context": "y",
            "clusters": [{"name": "c", "cluster": {"server": "https://three:1"}}],
            "users": [{"name": "u", "user": {"token": "from-three"}}],
        },
    )
    parts = ["one/config", "missing/config", "two/config", "", "three/config"]
    world.environ["KUBECONFIG"] = os.pathsep.join(str(world.home / part) if part else "" for part in parts)
    found = world.find()
    assert found.server == "https://two:1"
    assert found.identity.proof().authorization == "Bearer from-two"
    assert found.context == "x"
    assert found.namespace == "default"


def test_user_and_cluster_from_different_folders(world: World) -> None:
    leaf = authority().issue_cert("jane@example.org")
    world.write("users/jane.crt", leaf.cert_chain_pems[0].bytes())
    world.write("users/jane.key", leaf.private_key_pem.bytes())
    world.write("clusters/ca.crt", authority().cert_pem.bytes())
    with StubServer(client_certificates=True) as stub:
        config = config_of({}, {"server": stub.url, "certificate-authority": "ca.crt"}, users=[])
        world.write("clusters/config", config)
        user = {"client-certificate": "jane.crt", "client-key": "./jane.key"}
        world.write("users/config", {"users": [{"name": "u", "user": user}]})
        world.environ["KUBECONFIG"] = f"{world.home}/clusters/config{os.pathsep}{world.home}/users/config"
        cluster = HttpCluster(world.find(), ClusterAccess(request_timeout=30), world.surroundings)
        assert cluster.request("GET", "/version")


def test_flags_go_before_the_kubeconfig(world: World) -> None:
    config = config_of({"token": "one"})
    config["contexts"].append({"name": "there", "context": {"cluster": "d", "user": "v"}})
    config["clusters"].append({"name": "d", "cluster": {"server": "http://there:8001"}})
    config["users"].append({"name": "v", "user": {"token": "two"}})
    file = world.write("elsewhere.yaml", config)
    found = world.find(kubeconfig=str(file), context="there", namespace="mine")
    assert (found.server, found.context, found.namespace) == ("http://there:8001", "there", "mine")
    assert found.identity.proof().authorization == "Bearer two"


def test_json_kubeconfigs_and_names_that_look_like_other_things(world: World) -> None:
    config = config_of({"token": "0123"})
    config["contexts"][0]["name"] = config["current-context"] = "2024-01-01"
    text = json.dumps(config)
    world.write(".kube/config", text)
    assert world.find().context == "2024-01-01"
    world.write(".kube/config", yaml.safe_dump(config).replace("'", ""))
    found = world.find()
    assert found.context == "2024-01-01"
    assert found.identity.proof().authorization == "Bearer 0123"


# --- exec plugins

PLUGIN = """#!{python}
import json, os, sys
seen = {{"info": json.loads(os.environ["KUBERNETES_EXEC_INFO"]), "args": sys.argv[1:],
        "own": os.environ.get("OWN"), "home": os.environ.get("HOME"), "tty": sys.stdin.isatty()}}
with open({log!r}, "a") as log:
    log.write(json.dumps(seen) + "\\n")
{body}
"""


class Plugin:
    """An exec plugin that writes down how it was called."""

    def __init__(self, world: World, name: str = "plugin") -> None:
        self.world = world
        self.file = world.home / ".kube" / "bin" / name
        self.log = world.home / "plugin.log"

    def gives(self, status: Any, version: str = "v1") -> Plugin:
        api = f"client.authentication.k8s.io/{version}"
        answer = json.dumps({"apiVersion": api, "kind": "ExecCredential", "status": status})
        return self.does(f"print({answer!r})")

    def does(self, body: str) -> Plugin:
        text = PLUGIN.format(python=sys.executable, log=str(self.log), body=body)
        self.world.write(str(self.file.relative_to(self.world.home)), text).chmod(0o755)
        return self

    def calls(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text().splitlines()] if self.log.exists() else []

    def user(self, version: str = "v1", **more: Any) -> dict[str, Any]:
        entry = {
            "apiVersion": f"client.authentication.k8s.io/{version}",
            "command": str(self.file),
            "interactiveMode": "Never",
            **more,
        }
        return {"exec": entry}


@pytest.mark.parametrize("version", ["v1", "v1beta1"])
def test_a_plugin_gives_a_token(world: World, version: str) -> None:
    plugin = Plugin(world).gives({"token": SECRET}, version)
    user = plugin.user(version, args=["get-token", "--x"], env=[{"name": "OWN", "value": "mine"}])
    found = world.default(user)
    assert found.identity.proof().authorization == f"Bearer {SECRET}"
    (call,) = plugin.calls()
    assert call["args"] == ["get-token", "--x"]
    assert call["own"] == "mine"
    assert call["info"]["kind"] == "ExecCredential"
    assert call["info"]["apiVersion"] == f"client.authentication.k8s.io/{version}"
    assert call["info"]["spec"]["interactive"] is False
    assert "cluster" not in call["info"]["spec"]


def test_a_plugin_gives_a_certificate(world: World) -> None:
    leaf = authority().issue_cert("jane@example.org")
    status = {
        "clientCertificateData": leaf.cert_chain_pems[0].bytes().decode(),
        "clientKeyData": leaf.private_key_pem.bytes().decode(),
    }
    plugin = Plugin(world).gives(status)
    with StubServer(client_certificates=True) as stub:
        found = world.default(plugin.user(), {"server": stub.url, "certificate-authority-data": CA})
        cluster = HttpCluster(found, ClusterAccess(request_timeout=30), world.surroundings)
        assert cluster.request("GET", "/version")


def test_a_plugin_is_told_of_the_cluster_when_it_wants_to_know(world: World) -> None:
    plugin = Plugin(world).gives({"token": SECRET})
    cluster = {
        "server": "https://127.0.0.1:6443",
        "certificate-authority-data": CA,
        "tls-server-name": "api",
        "extensions": [{"name": "client.authentication.k8s.io/exec", "extension": {"audience": "a"}}],
    }
    world.default(plugin.user(provideClusterInfo=True), cluster).identity.proof()
    told = plugin.calls()[0]["info"]["spec"]["cluster"]
    assert told["server"] == "https://127.0.0.1:6443"
    assert told["certificate-authority-data"] == CA
    assert told["tls-server-name"] == "api"
    assert told["config"] == {"audience": "a"}


@pytest.mark.parametrize(
    "body",
    [
        f"sys.stderr.write('no: {SECRET}'); sys.exit(3)",
        f"print('{SECRET}')",
        f"print(json.dumps({{'apiVersion': 'other/v1', 'kind': 'ExecCredential', 'status': {{'token': '{SECRET}'}}}}))",
        "print(json.dumps({'apiVersion': 'client.authentication.k8s.io/v1', 'kind': 'ExecCredential', 'status': {}}))",
    ],
)
def test_a_plugin_that_fails_is_an_error_and_never_no_credentials(
    world: World, body: str, caplog: pytest.LogCaptureFixture
) -> None:
    plugin = Plugin(world).does(body)
    with pytest.raises(Unreachable) as caught:
        world.default(plugin.user()).identity.proof()
    assert 'user "u"' in caught.value.message
    assert SECRET not in said(caught.value)


def test_a_plugin_runs_again_once_its_credentials_ran_out(light: World) -> None:
    expires = (light.started + timedelta(seconds=100)).strftime("%Y-%m-%dT%H:%M:%SZ")
    plugin = Plugin(light).gives({"token": "one", "expirationTimestamp": expires})
    identity = light.default(plugin.user()).identity
    for _ in range(3):
        assert identity.proof().authorization == "Bearer one"
    assert len(plugin.calls()) == 1
    plugin.gives({"token": "two"})
    light.seconds += 200
    assert identity.proof().authorization == "Bearer two"
    light.seconds += 1_000_000
    assert identity.proof().authorization == "Bearer two"
    assert len(plugin.calls()) == 2


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2026-01-01T00:00:00Z", 0),
        ("2026-01-01T00:00:00.5Z", 0),
        ("2026-01-01t00:00:01.123456789z", 1),
        ("2026-01-01T01:00:00+01:00", 0),
        ("2026-01-01T01:00:02.25+01:00", 2),
    ],
)
def test_times_as_plugins_write_them(text: str, seconds: int) -> None:
    start = datetime(2026, 1, 1, tzinfo=timezone.utc)
    assert _moment(text, "x") == start + timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["tomorrow", "2026-01-01T00:00:00.Q", 7, ["x"]])
def test_times_that_are_none(text: Any) -> None:
    with pytest.raises(Unreachable, match="no time"):
        _moment(text, "x")


def test_a_plugin_runs_again_after_a_401(light: World) -> None:
    plugin = Plugin(light).gives({"token": "old"})
    with StubServer(token="new") as stub:
        found = light.default(plugin.user(), {"server": stub.url, "certificate-authority-data": CA})
        cluster = HttpCluster(found, ClusterAccess(request_timeout=30), Surroundings.of_process())
        with pytest.raises(Unauthorized):
            cluster.request("GET", "/version")
        assert len(plugin.calls()) == 2
        plugin.gives({"token": "new"})
        assert cluster.request("GET", "/version")


def test_a_plugin_beside_its_kubeconfig_and_one_in_the_path(light: World) -> None:
    plugin = Plugin(light, "sednactl-test-plugin").gives({"token": SECRET})
    assert light.default(plugin.user(command="./bin/sednactl-test-plugin")).identity.proof()
    light.environ["PATH"] = f"{plugin.file.parent}{os.pathsep}{light.environ['PATH']}"
    assert light.default(plugin.user(command="sednactl-test-plugin")).identity.proof()
    light.environ["PATH"] = "/nowhere"
    hint = "Install it\nwith: apt"
    with pytest.raises(Unreachable, match="not found") as caught:
        light.default(plugin.user(command="sednactl-test-plugin", installHint=hint)).identity.proof()
    assert caught.value.hint == "Install it with: apt"


def test_a_plugin_that_may_not_ask_is_given_nothing_to_read(
    light: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    plugin = Plugin(light).gives({"token": SECRET})
    real, given = subprocess.run, []

    def recording(*arguments: Any, **settings: Any) -> Any:
        given.append(settings["stdin"])
        return real(*arguments, **settings)

    monkeypatch.setattr(subprocess, "run", recording)
    light.default(plugin.user()).identity.proof()
    assert given == [subprocess.DEVNULL]


def test_a_plugin_that_must_ask_needs_a_terminal(light: World) -> None:
    plugin = Plugin(light).gives({"token": SECRET})
    identity = light.default(plugin.user(interactiveMode="Always")).identity
    with pytest.raises(Unreachable, match="no terminal"):
        identity.proof()
    assert plugin.calls() == []

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    light.stdin = Terminal()
    for mode, interactive in (("Always", True), ("IfAvailable", True), ("Never", False)):
        light.default(plugin.user(interactiveMode=mode)).identity.proof()
        assert plugin.calls()[-1]["info"]["spec"]["interactive"] is interactive


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"command": None}, "no command"),
        ({"apiVersion": None}, "no apiVersion"),
        ({"apiVersion": "client.authentication.k8s.io/v1alpha1"}, "not supported"),
        ({"interactiveMode": None}, "no interactiveMode"),
        ({"interactiveMode": "Sometimes"}, "interactiveMode"),
        ({"args": "x"}, "args"),
        ({"env": [{"value": "x"}]}, "env"),
    ],
)
def test_plugins_that_are_written_wrongly(light: World, changes: dict[str, Any], word: str) -> None:
    with pytest.raises(InvalidInput, match=word):
        light.default(Plugin(light).gives({"token": "x"}).user(**changes))


def test_a_token_goes_before_a_plugin(light: World) -> None:
    plugin = Plugin(light).does("sys.exit(1)")
    found = light.default({"token": SECRET, **plugin.user()})
    assert found.identity.proof().authorization == f"Bearer {SECRET}"


# --- auth providers, which only the official loader reads


def unsigned_token(expires: datetime) -> str:
    def part(content: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")

    payload = {"exp": int(expires.timestamp()), "sub": "jane"}
    while len(part(payload)) % 4 == 1:
        payload["pad"] = "x" * (len(str(payload.get("pad", ""))) + 1)
    return f"{part({'alg': 'none'})}.{part(payload)}.c2ln"


def oidc(token: str, url: str = "https://127.0.0.1:1") -> dict[str, Any]:
    config = {
        "client-id": "id",
        "client-secret": SECRET,
        "id-token": token,
        "refresh-token": "refresh-1",
        "idp-issuer-url": url,
        "idp-certificate-authority-data": CA,
    }
    return {"auth-provider": {"name": "oidc", "config": config}}


def test_an_oidc_token_that_is_still_good(light: World) -> None:
    token = unsigned_token(datetime.now(timezone.utc) + timedelta(hours=1))
    light.write(".kube/config", config_of(oidc(token)))
    found = find_credentials(ClusterAccess(), light.surroundings)
    assert found.identity.proof().authorization == f"Bearer {token}"
    assert found.identity.renew() is False


def test_an_oidc_token_that_ran_out_and_cannot_be_renewed(light: World, capfd: Any, caplog: Any) -> None:
    token = unsigned_token(datetime.now(timezone.utc) - timedelta(hours=1))
    light.write(".kube/config", config_of(oidc(token)))
    with pytest.raises(Unreachable, match="auth provider oidc") as caught:
        find_credentials(ClusterAccess(), light.surroundings).identity.proof()
    for secret in (SECRET, token, "refresh-1"):
        assert secret not in said(caught.value)
    assert SECRET not in capfd.readouterr().err + caplog.text


@pytest.mark.parametrize("name", ["gcp", "azure", "openstack"])
def test_auth_providers_that_kubernetes_dropped(light: World, name: str) -> None:
    light.write(".kube/config", config_of({"auth-provider": {"name": name, "config": {"x": SECRET}}}))
    with pytest.raises(Unreachable, match=f"auth provider {name}") as caught:
        find_credentials(ClusterAccess(), light.surroundings).identity.proof()
    assert SECRET not in said(caught.value)
    if name != "openstack":
        assert caught.value.hint and "exec plugin" in caught.value.hint


def test_a_renewed_token_is_written_back_for_the_next_run(light: World) -> None:
    from sednactl.cluster.official_loader import keep_renewed_tokens

    config = config_of(oidc("old"))
    config["users"].insert(0, {"name": "other", "user": {"token": "0123"}})
    file = light.write(".kube/config", config)
    file.chmod(0o640)
    files, named = kubeconfig_files(ClusterAccess(), light.surroundings)
    read = read_kubeconfig(files, named)
    assert read is not None
    chosen = choose_context(read, None, files)
    renewed = oidc("new")
    keep_renewed_tokens(chosen, renewed)
    config["users"][1]["user"] = renewed
    assert yaml.safe_load(file.read_text()) == config
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert [entry.name for entry in file.parent.iterdir()] == ["config"]


def test_an_expired_oidc_token_is_renewed_at_its_issuer(
    light: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole way over TLS: discovery, refresh, use, and the new tokens in the kubeconfig."""
    fresh = unsigned_token(datetime.now(timezone.utc) + timedelta(hours=1))
    stale = unsigned_token(datetime.now(timezone.utc) - timedelta(hours=1))
    from tests.cluster.issuer import issuer

    ca_file = light.write("ca.pem", authority().cert_pem.bytes())
    with issuer({"id_token": fresh, "refresh_token": "refresh-2"}) as url:
        user = oidc(stale, url)
        del user["auth-provider"]["config"]["idp-certificate-authority-data"]
        user["auth-provider"]["config"]["idp-certificate-authority"] = str(ca_file)
        file = light.write(".kube/config", config_of(user))
        found = find_credentials(ClusterAccess(), light.surroundings)
        assert found.identity.proof().authorization == f"Bearer {fresh}"
    kept = yaml.safe_load(file.read_text())["users"][0]["user"]["auth-provider"]["config"]
    assert kept["id-token"] == fresh
    assert kept["refresh-token"] == "refresh-2"


# --- token files, pods, impersonation


def test_a_token_file_is_read_again_after_a_minute_and_after_a_401(light: World) -> None:
    file = light.write("token", "one")
    identity = TokenFileIdentity(file, lambda: light.seconds)
    assert identity.proof().authorization == "Bearer one"
    file.write_text("two")
    assert identity.proof().authorization == "Bearer one"
    light.seconds += 61
    assert identity.proof().authorization == "Bearer two"
    file.write_text("three")
    assert identity.renew() is True
    assert identity.renew() is False
    file.unlink()
    light.seconds += 61
    assert identity.proof().authorization == "Bearer three", "the last good one, while there is none"


def test_a_token_file_goes_before_a_token_while_it_can_be_read(light: World) -> None:
    light.write(".kube/token", "from-file")
    user = {"tokenFile": "token", "token": "written"}
    assert light.default(user).identity.proof().authorization == "Bearer from-file"
    (light.home / ".kube/token").unlink()
    assert light.default(user).identity.proof().authorization == "Bearer written"
    with pytest.raises(InvalidInput, match="token file"):
        light.default({"tokenFile": "token"}).identity.proof()


def test_inside_a_pod(light: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credentials_module, "SERVICE_ACCOUNT", light.home / "sa")
    light.write("sa/token", f"{SECRET}\n")
    light.write("sa/ca.crt", authority().cert_pem.bytes())
    light.write("sa/namespace", "sedna")
    light.environ |= {"KUBERNETES_SERVICE_HOST": "10.96.0.1", "KUBERNETES_SERVICE_PORT": "443"}
    found = find_credentials(ClusterAccess(), light.surroundings)
    assert (found.server, found.context, found.namespace) == ("https://10.96.0.1:443", "in-cluster", "sedna")
    assert found.identity.proof().authorization == f"Bearer {SECRET}"
    assert found.trust.authority == authority().cert_pem.bytes()
    light.environ["KUBERNETES_SERVICE_HOST"] = "fd00::1"
    assert find_credentials(ClusterAccess(), light.surroundings).server == "https://[fd00::1]:443"
    light.write(".kube/config", config_of({}))
    assert find_credentials(ClusterAccess(), light.surroundings).context == "here", "a kubeconfig goes first"
    with pytest.raises(InvalidInput):
        find_credentials(ClusterAccess(kubeconfig="/nowhere"), light.surroundings)


def test_impersonation(light: World) -> None:
    user = {"as": "bot", "as-groups": ["g1"], "as-uid": "7", "as-user-extra": {"Scope/x": ["a", "b"]}}
    light.write(".kube/config", config_of(user))
    assert find_credentials(ClusterAccess(), light.surroundings).impersonate == (
        ("Impersonate-User", "bot"),
        ("Impersonate-Uid", "7"),
        ("Impersonate-Group", "g1"),
        ("Impersonate-Extra-Scope%2Fx", "a"),
        ("Impersonate-Extra-Scope%2Fx", "b"),
    )
    flags = ClusterAccess(as_user="jane", as_groups=("a", "b"))
    assert find_credentials(flags, light.surroundings).impersonate == (
        ("Impersonate-User", "jane"),
        ("Impersonate-Group", "a"),
        ("Impersonate-Group", "b"),
    )
    light.write(".kube/config", config_of({}))
    with pytest.raises(UsageError, match="groups"):
        find_credentials(ClusterAccess(as_groups=("a",)), light.surroundings)
    with pytest.raises(UsageError, match="characters"):
        find_credentials(ClusterAccess(as_user="a\r\nX: y"), light.surroundings)


# --- what can be wrong, in kubectl's spirit


def said(error: SednactlError) -> str:
    return "\n".join([error.message, error.hint or "", *error.detail, repr(error.__cause__)])


def test_no_kubeconfig_at_all(light: World) -> None:
    with pytest.raises(InvalidInput, match="no kubeconfig found") as caught:
        find_credentials(ClusterAccess(), light.surroundings)
    assert str(light.home / ".kube/config") in caught.value.message
    assert caught.value.hint and "--kubeconfig" in caught.value.hint


def test_a_named_kubeconfig_must_exist_a_listed_one_need_not(light: World) -> None:
    with pytest.raises(InvalidInput, match="no such file"):
        find_credentials(ClusterAccess(kubeconfig=str(light.home / "x")), light.surroundings)
    light.environ["KUBECONFIG"] = str(light.home / "x")
    with pytest.raises(InvalidInput, match="no kubeconfig found"):
        find_credentials(ClusterAccess(), light.surroundings)


BROKEN: list[tuple[Any, dict[str, Any], str]] = [
    (config_of({}), {"context": "there"}, 'context "there" does not exist'),
    (config_of({}, **{"current-context": ""}), {}, "no current context"),
    (config_of({}, **{"current-context": "old"}), {}, 'current context "old" does not exist'),
    (config_of({}, clusters=[]), {}, 'names the cluster "c"'),
    (config_of({}, users=[]), {}, 'names the user "u"'),
    (config_of({}, users=None), {}, 'names the user "u"'),
    (config_of({}, {"x": 1}), {}, "has no server"),
    (config_of({}, {"server": "ftp://x"}), {}, "no URL"),
    (config_of({}, {"server": "https://"}), {}, "no URL"),
    (config_of({}, {"server": "https://x:99999"}), {}, "no URL"),
    (config_of({}, {"server": "https://[::1"}), {}, "no URL"),
    (config_of({}, {"server": ["x"]}), {}, "no text"),
    (
        config_of({}, {"server": "https://x", "certificate-authority": "nope.crt"}),
        {},
        "certificate-authority",
    ),
    (config_of({}, {"server": "https://x", "certificate-authority-data": "%%%"}), {}, "not base64"),
    (
        config_of(
            {}, {"server": "https://x", "certificate-authority-data": CA, "insecure-skip-tls-verify": True}
        ),
        {},
        "insecure-skip-tls-verify",
    ),
    (config_of({}, {"server": "https://x", "insecure-skip-tls-verify": "maybe"}), {}, "neither true"),
    (config_of({}, {"server": "https://x", "proxy-url": "ftp://p"}), {}, "proxy-url"),
    (config_of({"client-certificate": "a.crt", "client-key": "a.key"}), {}, "client-certificate"),
    (config_of({"client-certificate-data": CA}), {}, "no client-key"),
    (config_of({"client-certificate-data": "%%", "client-key-data": "%%"}), {}, "not base64"),
    (config_of({"token": ["x"]}), {}, "no text"),
    (config_of({"token": "a", "username": "b"}), {}, "only one is allowed"),
    (config_of({"token": "a\x00b"}), {}, "characters"),
    (config_of({"exec": "x"}), {}, "no mapping"),
    (config_of({}, clusters={"c": {}}), {}, "clusters is no list"),
    (config_of({}, users=[{"user": {}}]), {}, "has no name"),
    (config_of({}, users=[{"name": "u", "user": 3}]), {}, "no mapping"),
    (config_of({}, users=[{"name": "u"}, {"name": "u"}]), {}, "twice"),
    ("- a\n- b\n", {}, "holds no mapping but a list"),
    ("just text\n", {}, "holds no mapping but a text"),
    ("kind: Pod\n", {}, "is no kubeconfig"),
    ("a: [1\nb: c\n", {}, "not valid YAML"),
    (b"\x00\x01\x02", {}, "not valid YAML"),
    (b"\xff\xff", {}, "not valid YAML"),
    ("[" * 50_000, {}, "not valid YAML"),
    ("", {}, "no current context"),
]


@pytest.mark.parametrize(("content", "flags", "words"), BROKEN, ids=[words for _, _, words in BROKEN])
def test_what_is_wrong_is_said_with_its_place(
    light: World, content: Any, flags: dict[str, Any], words: str
) -> None:
    light.write(".kube/config", content)
    with pytest.raises(InvalidInput) as caught:
        find_credentials(ClusterAccess(**flags), light.surroundings)
    assert words in caught.value.message
    assert "\n" not in caught.value.message


def test_a_wrong_context_lists_those_that_exist(light: World) -> None:
    light.write(".kube/config", config_of({}))
    with pytest.raises(InvalidInput) as caught:
        find_credentials(ClusterAccess(context="nope"), light.surroundings)
    assert caught.value.hint == "contexts that exist: here"


def test_an_unreadable_kubeconfig(light: World) -> None:
    (light.home / ".kube/config").mkdir(parents=True)
    with pytest.raises(InvalidInput, match="cannot be read: Is a directory"):
        find_credentials(ClusterAccess(), light.surroundings)


SECRETS = [
    config_of({"token": SECRET, "password": SECRET, "username": SECRET}),
    config_of({"token": f"{SECRET}\x07"}),
    config_of({"client-certificate-data": SECRET, "client-key-data": SECRET}),
    config_of({"client-certificate-data": CA, "client-key-data": f"{SECRET}%%"}),
    config_of({"token": {"x": SECRET}}),
    config_of({"exec": {"command": "", "env": [{"name": "X", "value": SECRET}]}}),
    config_of({}, {"server": "https://x", "proxy-url": f"ftp://u:{SECRET}@p"}),
    config_of({}, {"server": "https://x", "proxy-url": f"http://u:{SECRET}@p:port"}),
    f"users:\n- name: u\n  user:\n    token: '{SECRET}\n",
    f"users:\n- name: u\n  user: {{token: {SECRET}, ]\n",
    f"token: {SECRET}\n\tx: y\n",
    f"token: !!python/object:{SECRET} x\n",
    f"a: *{SECRET}\n",
    f'{{"users": [{{"name": "u", "user": {{"token": "{SECRET}"',
]


@pytest.mark.parametrize("content", SECRETS, ids=range(len(SECRETS)))
def test_no_message_ever_shows_a_credential(world: World, content: Any, capfd: Any, caplog: Any) -> None:
    world.write(".kube/config", content)
    with pytest.raises(SednactlError) as caught:
        world.find().identity.proof()
    assert SECRET not in said(caught.value)
    assert SECRET not in capfd.readouterr().err + caplog.text


@pytest.mark.parametrize("text", [json.dumps, yaml.safe_dump])
def test_the_light_path_imports_nothing_heavy(light: World, text: Any) -> None:
    """A context with certificates or tokens must not pay for the official client."""
    file = light.write("config", text(config_of({"token": SECRET})))
    script = (
        "import sys\n"
        "from sednactl.cluster.access import ClusterAccess\n"
        "from sednactl.cluster.door import open_cluster\n"
        "from sednactl.surroundings import Surroundings\n"
        f"open_cluster(ClusterAccess(kubeconfig={str(file)!r}), Surroundings.of_process())\n"
        "print(sorted({name.partition('.')[0] for name in sys.modules}))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = done.stdout
    for name in (
        "kubernetes",
        "urllib3",
        "requests",
        "yaml",
        "rich",
        "jinja2",
        "jsonschema",
        "asyncio",
        "subprocess",
    ):
        assert f"'{name}'" not in loaded


def test_the_doors_interface_costs_nothing() -> None:
    """Every command imports it, also those that never open it."""
    script = (
        "import sys\n"
        "import sednactl.cluster.access, sednactl.cluster.door\n"
        "print(sorted({name.partition('.')[0] for name in sys.modules}))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    for name in (
        "http",
        "ssl",
        "socket",
        "json",
        "yaml",
        "queue",
        "threading",
        "urllib",
        "base64",
        "pathlib",
    ):
        assert f"'{name}'" not in done.stdout


def test_opening_sends_nothing_and_runs_nothing(light: World) -> None:
    plugin = Plugin(light).does("sys.exit(1)")
    light.write(".kube/config", config_of(plugin.user()))
    cluster = open_cluster(ClusterAccess(), light.surroundings)
    assert cluster.server == "https://127.0.0.1:6443"
    assert plugin.calls() == []
    with pytest.raises(Unreachable, match="exec plugin"):
        cluster.request("GET", "/version")


def test_shown_credentials_hold_no_secret(world: World) -> None:
    found = world.default({"token": SECRET})
    assert SECRET not in repr(found) + repr(found.identity) + repr(found.identity.proof())
    assert SECRET not in repr(replace(found, namespace="x"))
