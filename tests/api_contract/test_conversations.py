"""The sandbox answers as a real kube-apiserver did, word for word, and a real one still does.

`SEDNACTL_GOLDEN=write` with the control plane's programs at hand records the real answers anew.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.api_contract.conversations import CONVERSATIONS, NAMESPACE
from tests.api_contract.conversations_daemons import DAEMONS
from tests.api_contract.conversations_patches import PATCHES
from tests.api_contract.normal import comparable, renamed
from tests.api_contract.raw import Raw
from tests.live.plane.api import eventually

ALL = {**CONVERSATIONS, "daemons": DAEMONS, "patches": PATCHES}
RECORDED = Path(__file__).parent / "recorded"


@pytest.mark.parametrize("conversation", ALL)
def test_answers_are_those_of_a_real_api_server(api: Raw, conversation: str) -> None:
    namespace = f"c-{secrets.token_hex(4)}"
    if conversation != "namespaces":
        body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
        assert api.post("/api/v1/namespaces", body).status == 201
        account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default"}}
        accounts = f"/api/v1/namespaces/{namespace}/serviceaccounts"
        assert api.post(accounts, account).status in (201, 409)  # the sandbox makes it
    said = {}
    for name, method, path, body, options in ALL[conversation]:
        rest = dict(options)
        client = api.as_user(rest.pop("user")) if "user" in rest else api
        sent = renamed(body, NAMESPACE, namespace)
        until = rest.pop("until", None)
        answered = client.ask(method, renamed(path, NAMESPACE, namespace), sent, **rest)
        if until:  # a real server sets conditions a moment later, and serves a moment after that
            place = renamed(path, NAMESPACE, namespace)
            eventually(partial(_holds, api, place, until))
            time.sleep(2 if api.real else 0)
            answered = client.ask(method, renamed(path, NAMESPACE, namespace), sent, **rest)
        said[name] = comparable(name, answered, namespace, NAMESPACE)
    file = RECORDED / f"{conversation}.json"
    if api.real and os.environ.get("SEDNACTL_GOLDEN") == "write":
        file.write_text(json.dumps(said, indent=1, sort_keys=True) + "\n")
    recorded = json.loads(file.read_text())
    assert list(said) and set(said) == set(recorded)
    problems = [line for name, one in said.items() for line in differences(recorded[name], one, name)]
    assert not problems, "\n".join(problems)


def _holds(api: Raw, place: str, until: str) -> bool:
    return _true(api.get(place).body, until)


def _true(body: Any, condition: str) -> bool:
    conditions = (body.get("status") or {}).get("conditions") or ()
    return any(one["type"] == condition and one["status"] == "True" for one in conditions)


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def differences(recorded: Any, now: Any, path: str) -> list[str]:
    """Give a line for each place in which two answers differ."""
    if isinstance(recorded, dict) and isinstance(now, dict):
        lines = []
        for key in sorted({*recorded, *now}):
            if key not in now:
                lines.append(f"{path}.{key}: missing; a real server says {json.dumps(recorded[key])[:400]}")
            elif key not in recorded:
                lines.append(f"{path}.{key}: {json.dumps(now[key])[:400]}; a real server says nothing")
            else:
                lines += differences(recorded[key], now[key], f"{path}.{key}")
        return lines
    if isinstance(recorded, list) and isinstance(now, list) and len(recorded) == len(now):
        if path.endswith(".managedFields"):
            # They lie in the order of their seconds: whether two writes fell into one is left to chance.
            recorded, now = sorted(recorded, key=_text), sorted(now, key=_text)
        pairs = enumerate(zip(recorded, now, strict=True))
        return [line for index, pair in pairs for line in differences(*pair, f"{path}[{index}]")]
    if recorded == now and type(recorded) is type(now):
        return []
    return [f"{path}: {json.dumps(now)[:600]}\n    real: {json.dumps(recorded)[:600]}"]
