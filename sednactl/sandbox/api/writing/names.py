"""What names, labels and the like may look like, with Kubernetes' own messages (apimachinery's util/validation)."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable

LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?\Z")
SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\Z")
LABEL_1035 = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?\Z")
QUALIFIED = re.compile(r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]\Z")
ENVIRONMENT = re.compile(r"[ -<>-~]+\Z")
PORT_NAME = re.compile(r"[-a-z0-9]+\Z")
CONFIG_KEY = re.compile(r"[-._a-zA-Z0-9]+\Z")

_LABEL_WORDS = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and "
    "end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)
_SUBDOMAIN_WORDS = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must "
    "start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    r"'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
_LABEL_1035_WORDS = (
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic "
    "character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for "
    "validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
)
_NAME_PART_WORDS = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
    "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)
_LABEL_VALUE_WORDS = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must "
    "start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used "
    "for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
)


def _remembered(check: Callable[[str], list[str]]) -> Callable[[str], list[str]]:
    """Keep a check's verdicts: the same few names come again and again. What is given is the caller's own."""
    kept = functools.lru_cache(maxsize=2048)(lambda text: tuple(check(text)))

    @functools.wraps(check)
    def checked(text: str) -> list[str]:
        return list(kept(text))

    return checked


def _longest(text: str, most: int) -> list[str]:
    return [f"must be no more than {most} characters"] if len(text.encode()) > most else []


@_remembered
def label_errors(text: str) -> list[str]:
    """Give what is wrong with a DNS-1123 label."""
    errors = _longest(text, 63)
    if not LABEL.match(text):
        errors.append("must not contain dots" if SUBDOMAIN.match(text) else _LABEL_WORDS)
    return errors


@_remembered
def subdomain_errors(text: str) -> list[str]:
    """Give what is wrong with a DNS-1123 subdomain."""
    return _longest(text, 253) + ([] if SUBDOMAIN.match(text) else [_SUBDOMAIN_WORDS])


@_remembered
def label_1035_errors(text: str) -> list[str]:
    """Give what is wrong with a DNS-1035 label."""
    return _longest(text, 63) + ([] if LABEL_1035.match(text) else [_LABEL_1035_WORDS])


def path_segment_errors(text: str) -> list[str]:
    """Give what is wrong with a name that may hold anything a path segment may."""
    if text in (".", ".."):
        return [f"may not be '{text}'"]
    return [f"may not contain '{each}'" for each in "/%" if each in text]


@_remembered
def qualified_name_errors(text: str) -> list[str]:
    """Give what is wrong with a key of labels or annotations: a name, maybe after a DNS prefix and a slash."""
    prefix, slash, name = text.rpartition("/")
    errors: list[str] = []
    if slash:
        if "/" in prefix:
            return [
                "a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and "
                "end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for "
                "validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix "
                "and '/' (e.g. 'example.com/MyName')"
            ]
        if not prefix:
            errors.append("prefix part must be non-empty")
        else:
            errors += [f"prefix part {each}" for each in subdomain_errors(prefix)]
    if not name:
        errors.append("name part must be non-empty")
    else:
        errors += [f"name part {each}" for each in _longest(name, 63)]
    if not QUALIFIED.match(name):
        errors.append(_NAME_PART_WORDS)
    return errors


@_remembered
def label_value_errors(text: str) -> list[str]:
    """Give what is wrong with a label's value."""
    return _longest(text, 63) + ([] if not text or QUALIFIED.match(text) else [_LABEL_VALUE_WORDS])


def environment_name_errors(text: str) -> list[str]:
    """Give what is wrong with the name of an environment variable."""
    if not text:
        return ["environment variable name must not be empty"]
    if not ENVIRONMENT.match(text):
        return [
            "a valid environment variable name must consist only of printable ASCII characters other than '='"
        ]
    return []


def port_name_errors(text: str) -> list[str]:
    """Give what is wrong with the name of a port."""
    errors = []
    if len(text) > 15:
        errors.append("must be no more than 15 characters")
    if not PORT_NAME.match(text):
        errors.append("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
    if not any("a" <= letter <= "z" for letter in text):
        errors.append("must contain at least one letter (a-z)")
    if "--" in text:
        errors.append("must not contain consecutive hyphens")
    if text[:1] == "-" or text[-1:] == "-":
        errors.append("must not begin or end with a hyphen")
    return errors


def config_key_errors(text: str) -> list[str]:
    """Give what is wrong with a key of a ConfigMap or Secret."""
    errors = _longest(text, 253)
    if not CONFIG_KEY.match(text):
        errors.append(
            "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or "
            "'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
        )
    if text in (".", ".."):
        errors.append(f"must not be '{text}'")
    elif text.startswith(".."):
        errors.append("must not start with '..'")
    return errors
