"""Identities read by the official `kubernetes` package's kubeconfig loader.

It is imported only for what nothing here knows: auth providers such as OIDC,
whose tokens it renews and writes back into the kubeconfig as kubectl does. It
can read every other kind of user, too, so that one set of tests holds it and
the light path to the same behaviour.

Two of its habits are kept from the user: keys that it writes to temporary files
go to a private folder that is removed at once, and what it says about a failure
is not passed on, as it may quote whole kubeconfig entries.
"""

from __future__ import annotations

import os
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sednactl.cluster.identity import ClientCertificate, Identity, Proof
from sednactl.cluster.kubeconfig import ChosenContext, plain_loader
from sednactl.errors import Unreachable

if TYPE_CHECKING:
    from kubernetes.client import Configuration


class OfficialIdentity:
    """What the official loader makes of a context's user; loaded on first use and after a 401."""

    def __init__(self, chosen: ChosenContext) -> None:
        self._chosen = chosen
        self._user: dict[str, Any] = chosen.user
        self._lock = threading.Lock()
        self._proof: Proof | None = None

    def proof(self) -> Proof:
        """Give what was loaded. Raises Unreachable when an auth provider gives nothing."""
        with self._lock:
            if self._proof is None:
                self._proof = self._load()
            return self._proof

    def renew(self) -> bool:
        """Load again, which renews what ran out; true if that gave something else."""
        with self._lock:
            before, self._proof = self._proof, self._load()
            return before is None or before.authorization != self._proof.authorization

    def _load(self) -> Proof:
        import copy

        import oauthlib.oauth2  # type: ignore[import-untyped]
        import urllib3
        from kubernetes import client, config

        configuration = client.Configuration()
        entry = _one_context(self._chosen, copy.deepcopy(self._user))
        with tempfile.TemporaryDirectory(prefix="sednactl-") as folder:
            try:
                config.load_kube_config_from_dict(  # type: ignore[no-untyped-call]
                    entry,
                    context=self._chosen.name,
                    client_configuration=configuration,
                    persist_config=False,
                    temp_file_path=folder,
                )
                proof = _proof_of(configuration)
            except (
                config.ConfigException,
                urllib3.exceptions.HTTPError,
                oauthlib.oauth2.OAuth2Error,
                OSError,  # requests' errors, too
                LookupError,
                TypeError,
                ValueError,
                AttributeError,
            ) as error:
                # From None: the cause's text may hold credentials.
                raise self._failed(type(error).__name__) from None
        if proof.authorization is None and proof.certificate is None and self._expects_something:
            raise self._failed("no credentials came of it")
        renewed = entry["users"][0]["user"]
        if renewed != self._user:
            self._user = renewed
            keep_renewed_tokens(self._chosen, renewed)
        return proof

    @property
    def _who(self) -> str:
        return f'user "{self._chosen.user_name}" in the kubeconfig'

    @property
    def _expects_something(self) -> bool:
        return bool(self._chosen.user.get("auth-provider") or self._chosen.user.get("exec"))

    def _failed(self, why: str) -> Unreachable:
        provider = self._chosen.user.get("auth-provider")
        name = provider.get("name") if isinstance(provider, dict) else None
        hint = "sign in again with the tool that wrote this kubeconfig"
        if name in ("gcp", "azure"):
            hint = (
                f"Kubernetes dropped the auth provider {name}; use its exec plugin instead, as kubectl does"
            )
        what = f"the auth provider {name}" if name else "what is written there"
        return Unreachable(f"{self._who}: {what} gave no credentials ({why})", hint=hint)


def official_identity(chosen: ChosenContext) -> Identity:
    """Give the identity of a context's user as the official loader reads it."""
    return OfficialIdentity(chosen)


def _one_context(chosen: ChosenContext, user: dict[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": chosen.name,
        "contexts": [{"name": chosen.name, "context": {"cluster": "cluster", "user": "user"}}],
        "clusters": [{"name": "cluster", "cluster": chosen.cluster}],
        "users": [{"name": "user", "user": user}],
    }


def keep_renewed_tokens(chosen: ChosenContext, user: dict[str, Any]) -> None:
    """Write what an auth provider renewed back into the user's kubeconfig.

    A refresh token is often good for one use only: lost, it would end the user's
    sign-in. The file is replaced at once, with its mode; where that is not
    possible the old one stays, and the new token serves for this run.
    """
    import yaml

    file = chosen.user_file
    if file is None:
        return
    try:
        file = file.resolve()
        content = yaml.load(file.read_bytes(), Loader=plain_loader())  # noqa: S506 - built on the safe loader
        for item in content["users"]:
            if item["name"] == chosen.user_name:
                item["user"]["auth-provider"] = user["auth-provider"]
        descriptor, beside = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
                yaml.safe_dump(content, stream, sort_keys=False, allow_unicode=True)
                stream.flush()
                os.fsync(stream.fileno())
            Path(beside).chmod(file.stat().st_mode & 0o777)
            Path(beside).replace(file)
        except BaseException:
            Path(beside).unlink(missing_ok=True)
            raise
    except (OSError, LookupError, TypeError, yaml.YAMLError):
        return


def _proof_of(configuration: Configuration) -> Proof:
    # 35 calls the key "authorization", 37 "BearerToken".
    keys: dict[str, Any] = configuration.api_key
    token = keys.get("BearerToken") or keys.get("authorization")
    certificate = None
    if configuration.cert_file and configuration.key_file:
        certificate = ClientCertificate(
            Path(configuration.cert_file).read_bytes(), Path(configuration.key_file).read_bytes()
        )
    authorization = None
    if token:
        kind, _, value = str(token).partition(" ")
        authorization = f"{kind} {value.strip()}"
        if not authorization.isascii() or not authorization.isprintable():
            raise ValueError("token")
    return Proof(authorization, certificate)
