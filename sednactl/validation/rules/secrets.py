"""Secrets that models, datasets and jobs log in to their stores with: what the API server and Sedna make of them.

Source: the API server's decoding of a Secret (Go's encoding/json and base64), and Sedna's
secret injector. No message shows what a Secret holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sednactl.validation.plain.names import placeholder
from sednactl.validation.rulebook import page
from sednactl.validation.shape import mapping
from sednactl.validation.structure import Problem

if TYPE_CHECKING:
    from sednactl.manifests.document import Document
    from sednactl.validation.all_together import Together
    from sednactl.validation.finding import Path
    from sednactl.validation.noted import Defined, Reference

page(
    "SDN406",
    "error",
    """
    Secret that crashes the Global Manager

    Sedna 0.7's Global Manager copies a Secret's data in between its annotations. With data and
    without any annotation it ends with a fault, for every workload of the cluster and again at each
    restart, as soon as a Dataset, an incremental or lifelong learning job, or a Model of an
    incremental learning job uses the Secret. kubectl create secret makes such Secrets.

    Right:
      metadata:
        annotations:
          s3-endpoint: minio.storage:9000
          s3-usehttps: "0"
    """,
)
page(
    "SDN407",
    "warning",
    """
    Secret that is no login to a store

    Sedna needs the annotation s3-endpoint (host and port, without http://), and the keys
    ACCESS_KEY_ID and SECRET_ACCESS_KEY. Where the annotation is missing it sets no credentials at
    all, and says nothing; the local controller also wants both keys. It speaks https unless the
    annotation s3-usehttps is "0", whatever else that says. A line break at a key's end, as echo leaves
    it, is part of the key: the store refuses that login.
    """,
)
page(
    "SDN409",
    "error",
    """
    Secret that the API server refuses

    What stands under data is base64 of the value, padded; what stands under stringData is the value itself,
    as text, and so is every annotation: a number or a boolean without quotes is refused, s3-usehttps: 0 for one.
    Without the Secret a service's workers start without credentials, a federated job makes no workers.

    Wrong:
      data:
        ACCESS_KEY_ID: minio
    Right:
      stringData:
        ACCESS_KEY_ID: minio
    """,
)
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_KEYS = ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY")
"""What Sedna reads of a Secret."""
_LONGEST = 10_000
"""Characters of a value that is looked into."""


def refused_in(content: dict[str, Any]) -> Iterator[tuple[Path, str, str]]:
    """Give what an API server refuses in a Secret: where, why, and what to do; never a value that it holds."""
    from sednactl.validation.as_written import quoting

    for name, value in mapping(content, "data").items():
        path = ("data", name)
        if isinstance(value, str):
            if placeholder(value) or _BASE64.fullmatch(value.replace("\r", "").replace("\n", "")):
                continue
            hint = "write it under stringData, or encode it: printf %s VALUE | base64"
            yield path, f"the value of {name} is not base64", hint
        elif value is not None and not isinstance(value, list):  # a list of numbers is taken for bytes
            yield (
                path,
                f"{name} must be base64 of a text, is {_kind(value)}",
                "write it under stringData, in quotes",
            )
    named = (
        (("stringData",), mapping(content, "stringData")),
        (("metadata", "annotations"), mapping(mapping(content, "metadata"), "annotations")),
    )
    for steps, texts in named:
        for name, value in texts.items():
            if value is not None and not isinstance(value, str):
                hint = quoting(value) if steps[-1] == "annotations" else "quote it"
                yield (*steps, name), f"{name} must be a string, is {_kind(value)}", hint


def broken_in(content: dict[str, Any]) -> Iterator[Path]:
    """Give where a key that Sedna reads ends in a line break."""
    from base64 import b64decode

    plain, encoded = mapping(content, "stringData"), mapping(content, "data")
    for name in _KEYS:
        value = plain.get(name)
        if value is None:
            value = encoded.get(name)
            short = isinstance(value, str) and len(value) <= _LONGEST and not placeholder(value)
            bare = value.replace("\r", "").replace("\n", "") if short and isinstance(value, str) else ""
            if _BASE64.fullmatch(bare) and b64decode(bare).endswith(b"\n"):
                yield "data", name
        elif isinstance(value, str) and value.endswith("\n"):
            yield "stringData", name


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, (int, float)):
        return "a number"
    return "a list" if isinstance(value, list) else "a map"


def unfit_secrets(together: Together) -> Iterator[tuple[Document, Problem]]:
    """Give what is wrong with the Secrets that are referred to."""
    if not together.defined.any_of("Secret"):
        return
    users: dict[tuple[str, str, str], list[Reference]] = {}
    for reference in together.references:
        if reference.target[0] == "Secret" and reference.target in together.defined:
            users.setdefault(reference.target, []).append(reference)
    if not users:
        return
    incremental = {one.target for one in together.references if one.referrer == "IncrementalLearningJob"}

    def crashes(user: Reference) -> bool:
        if user.referrer == "Model":
            return ("Model", user.target[1], user.referrer_name) in incremental
        return user.referrer in ("Dataset", "IncrementalLearningJob", "LifelongLearningJob")

    for key, references in users.items():
        secret = together.defined[key]
        if secret.document is not None:
            for steps, message, hint in secret.facts["refused"]:
                yield secret.document, Problem("SDN409", steps, message, hint)
        by_crashing = [one for one in references if crashes(one)]
        hint = "add the annotation s3-endpoint"
        if secret.document is None:  # it is in the cluster, and only its metadata was read
            for user in by_crashing if not secret.facts["annotated"] else ():
                message = f'the Secret "{key[2]}" in the cluster has no annotation: that crashes Sedna'
                yield user.document, Problem("SDN406", user.path, message, hint)
        elif by_crashing and not secret.facts["annotated"] and secret.facts["keys"]:
            message = f"used by {_one(by_crashing[0].referrer)}, a Secret without annotations crashes Sedna"
            yield secret.document, Problem("SDN406", ("metadata",), message, hint, True)
        else:
            yield from ((secret.document, problem) for problem in _login(secret))


def _one(kind: str) -> str:
    return f"{'an' if kind[0] in 'AEIO' else 'a'} {kind}"


def _login(secret: Defined) -> Iterator[Problem]:
    endpoint = secret.facts["endpoint"]
    if not endpoint:
        message = "without the annotation s3-endpoint Sedna sets no credentials"
        yield Problem("SDN407", ("metadata", "annotations"), message, "add it: host and port", True)
    elif "://" in str(endpoint):
        message = f's3-endpoint is "{endpoint}": it takes no scheme'
        hint = 'write host and port alone, and s3-usehttps: "0" for http'
        yield Problem("SDN407", ("metadata", "annotations", "s3-endpoint"), message, hint)
    elif "/" in str(endpoint):
        message = f's3-endpoint is "{endpoint}": it takes no path'
        hint = "write host and port alone; the bucket stands in the url"
        yield Problem("SDN407", ("metadata", "annotations", "s3-endpoint"), message, hint)
    secure = secret.facts["https"]
    if isinstance(secure, str) and secure not in ("0", "1"):
        message = f's3-usehttps is "{secure}", which means https'
        yield Problem("SDN407", ("metadata", "annotations", "s3-usehttps"), message, '"0" for http, else "1"')
    missing = [key for key in _KEYS if key not in secret.facts["keys"]]
    if missing:
        message = f"the Secret has no {' and no '.join(missing)}"
        yield Problem("SDN407", (), message, "Sedna reads exactly these keys")
    for path in secret.facts["broken"]:
        message = f"{path[-1]} ends in a line break, which becomes part of the key"
        yield Problem("SDN407", path, message, "encode it without: printf %s KEY | base64")
