"""Credentials from another program: the exec plugins of cloud providers and single sign-on.

The protocol is client.authentication.k8s.io v1 and v1beta1, with client-go's
rules for what a plugin is told, when it may talk to a person and when it runs
again. The official client's loader knows the protocol, too, but it only logs
why a plugin failed and goes on without credentials, ignores interactiveMode,
and takes longer to import than most plugins to run.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from sednactl.cluster.identity import ClientCertificate, Proof, bearer
from sednactl.cluster.kubeconfig import ChosenContext
from sednactl.errors import InvalidInput, Unreachable

if TYPE_CHECKING:
    from sednactl.cluster.credentials import Trust
    from sednactl.surroundings import Surroundings

_GROUP = "client.authentication.k8s.io"
_VERSIONS = (f"{_GROUP}/v1", f"{_GROUP}/v1beta1")
_MODES = ("Never", "IfAvailable", "Always")
_EXTENSION = f"{_GROUP}/exec"


class ExecIdentity:
    """What an exec plugin says we are; it runs on first use, when that expired, and after a 401."""

    def __init__(
        self,
        chosen: ChosenContext,
        server: str,
        trust: Trust,
        certificate: ClientCertificate | None,
        surroundings: Surroundings,
    ) -> None:
        self._plugin = checked_plugin(chosen)
        self._user = chosen.user_name
        self._cluster = _cluster_info(chosen, server, trust)
        self._certificate = certificate
        self._surroundings = surroundings
        self._lock = threading.Lock()
        self._proof: Proof | None = None
        self._expires: datetime | None = None

    def proof(self) -> Proof:
        """Give what the plugin said last, or run it. Raises Unreachable when it fails."""
        with self._lock:
            expired = self._expires is not None and self._surroundings.now() >= self._expires
            if self._proof is None or expired:
                self._proof, self._expires = self._understood(self._run())
            return self._proof

    def renew(self) -> bool:
        """Forget what the plugin said, so that it runs again."""
        with self._lock:
            self._proof = None
            self._expires = None
        return True

    def _run(self) -> bytes:
        import subprocess

        command = str(self._plugin["command"])
        arguments = [str(argument) for argument in self._plugin.get("args") or ()]
        interactive = self._interactive(command)
        seen = interactive or self._surroundings.stderr.isatty()
        try:
            finished = subprocess.run(
                [command, *arguments],
                stdin=None if interactive else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                # A sign-in prompt, or the reason of a failure, is the plugin's to tell to a person.
                # A log must not keep what it says: it may hold a token, or what env gave it.
                stderr=None if seen else subprocess.DEVNULL,
                env=self._environment(interactive),
                check=False,
            )
        except FileNotFoundError:
            hint = str(self._plugin.get("installHint") or "").strip()
            raise Unreachable(
                f'the exec plugin of user "{self._user}" was not found: {command}',
                hint=" ".join(hint.split())[:500] or "install it, or correct exec.command in the kubeconfig",
            ) from None
        except OSError as error:
            raise Unreachable(
                f'the exec plugin of user "{self._user}" cannot be run: {command}: {error.strerror}'
            ) from None
        if finished.returncode != 0:
            raise Unreachable(
                f'the exec plugin of user "{self._user}" failed: {command} ended with {finished.returncode}',
                hint="run it by hand, or sign in to what it asks"
                if seen
                else "run it by hand: what it wrote to stderr is not shown off a terminal, as it may hold credentials",
            )
        return finished.stdout

    def _interactive(self, command: str) -> bool:
        mode = self._plugin.get("interactiveMode") or "IfAvailable"
        terminal = self._surroundings.stdin.isatty()
        if mode == "Always" and not terminal:
            raise Unreachable(
                f'the exec plugin of user "{self._user}" wants to ask something, but there is no terminal: '
                f"{command}",
                hint="sign in on a terminal first",
            )
        return terminal and mode != "Never"

    def _environment(self, interactive: bool) -> dict[str, str]:
        told: dict[str, Any] = {"interactive": interactive}
        if self._plugin.get("provideClusterInfo") is True:
            told["cluster"] = self._cluster
        environment = dict(self._surroundings.environ)
        for item in self._plugin.get("env") or ():
            environment[str(item["name"])] = str(item.get("value") or "")
        environment["KUBERNETES_EXEC_INFO"] = json.dumps(
            {"apiVersion": self._plugin["apiVersion"], "kind": "ExecCredential", "spec": told}
        )
        return environment

    def _understood(self, output: bytes) -> tuple[Proof, datetime | None]:
        who = f'the exec plugin of user "{self._user}"'
        try:
            content = json.loads(output)
        except (ValueError, RecursionError):
            content = None
        if not isinstance(content, dict) or content.get("kind") != "ExecCredential":
            raise Unreachable(f"{who} gave no ExecCredential", hint="it must print one as JSON")
        version = content.get("apiVersion")
        if version != self._plugin["apiVersion"]:
            raise Unreachable(
                f"{who} answers in {str(version)[:80]}, the kubeconfig wants {self._plugin['apiVersion']}",
                hint="correct exec.apiVersion in the kubeconfig, or update the plugin",
            )
        status = content.get("status")
        status = status if isinstance(status, dict) else {}
        token, chain, key = (
            str(status.get(name) or "") for name in ("token", "clientCertificateData", "clientKeyData")
        )
        if bool(chain) != bool(key):
            raise Unreachable(f"{who} gave a client certificate without its key, or a key alone")
        if not token and not chain:
            raise Unreachable(f"{who} gave neither a token nor a client certificate")
        certificate = ClientCertificate(chain.encode(), key.encode()) if chain else self._certificate
        expires = _moment(status.get("expirationTimestamp"), who)
        return Proof(bearer(token, who) if token else None, certificate), expires


def checked_plugin(chosen: ChosenContext) -> Mapping[str, Any]:
    """Give the user's exec entry once client-go would take it. Raises InvalidInput."""
    plugin, who = chosen.user.get("exec"), f'the exec plugin of user "{chosen.user_name}"'
    if not isinstance(plugin, dict):
        raise InvalidInput(f"{who} is no mapping")
    if not isinstance(plugin.get("command"), str) or not plugin["command"]:
        raise InvalidInput(f"{who} has no command")
    version = plugin.get("apiVersion")
    if not version:
        raise InvalidInput(f"{who} has no apiVersion", hint=f"write apiVersion: {_VERSIONS[0]}")
    if version not in _VERSIONS:
        raise InvalidInput(
            f'{who} has apiVersion "{version}", which is not supported', hint=f"use {' or '.join(_VERSIONS)}"
        )
    mode = plugin.get("interactiveMode")
    if not mode and version == _VERSIONS[0]:
        raise InvalidInput(
            f"{who} has no interactiveMode", hint=f"{version} wants one of {', '.join(_MODES)}"
        )
    if mode and mode not in _MODES:
        raise InvalidInput(f'{who} has interactiveMode "{mode}"', hint=f"use one of {', '.join(_MODES)}")
    for key in ("args", "env"):
        if not isinstance(plugin.get(key) or [], list):
            raise InvalidInput(f"{key} of {who} is no list")
    for item in plugin.get("env") or ():
        if not isinstance(item, dict) or not item.get("name"):
            raise InvalidInput(f"an env entry of {who} has no name")
    return plugin


def _cluster_info(chosen: ChosenContext, server: str, trust: Trust) -> dict[str, Any]:
    """Give the cluster as a plugin with provideClusterInfo is told of it."""
    import base64

    told: dict[str, Any] = {"server": server, "config": None}
    if trust.server_name:
        told["tls-server-name"] = trust.server_name
    if trust.insecure:
        told["insecure-skip-tls-verify"] = True
    if trust.authority is not None:
        told["certificate-authority-data"] = base64.b64encode(trust.authority).decode("ascii")
    if chosen.cluster.get("proxy-url"):
        told["proxy-url"] = chosen.cluster["proxy-url"]
    extensions = chosen.cluster.get("extensions")
    for item in extensions if isinstance(extensions, list) else ():
        if isinstance(item, dict) and item.get("name") == _EXTENSION:
            told["config"] = item.get("extension")
    return told


def _moment(text: object, who: str) -> datetime | None:
    if not text:
        return None
    whole, point, rest = str(text).strip().upper().replace("Z", "+00:00").partition(".")
    # RFC 3339 allows any number of digits here, Python 3.10 only three or six.
    zone = rest.lstrip("0123456789") if point else ""
    try:
        moment = datetime.fromisoformat(whole + zone)
    except ValueError:
        raise Unreachable(f"{who} gave an expirationTimestamp that is no time") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
