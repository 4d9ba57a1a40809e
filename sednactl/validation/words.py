"""Names as Kubernetes wants them: DNS labels and subdomains, label keys and values.

Written without regular expressions, which cost more to compile than one name costs to read.
"""

from __future__ import annotations

from typing import Final

_ALNUM: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
_MOST_KNOWN: Final = 2_000
_known_labels: Final[set[str]] = set()
"""DNS labels that were asked about: one name stands at several places of a manifest."""
_known_keys: Final[set[str]] = set()
"""Keys of labels and annotations that were asked about, which many manifests share."""


def is_dns_label(text: str, longest: int = 63) -> bool:
    """Tell whether `text` is an RFC 1123 label: a-z, 0-9 and '-', a letter or digit at both ends."""
    if text in _known_labels:
        return len(text) <= longest
    if not 0 < len(text) <= longest or not text.isascii() or text[0] == "-" or text[-1] == "-":
        return False
    if not text.replace("-", "").isalnum() or text != text.lower():
        return False
    if len(_known_labels) >= _MOST_KNOWN:
        _known_labels.clear()
    _known_labels.add(text)
    return True


def is_dns_1035_label(text: str, longest: int = 63) -> bool:
    """Tell whether `text` is an RFC 1035 label: as 1123, but it begins with a letter."""
    return is_dns_label(text, longest) and not text[0].isdigit()


def is_dns_subdomain(text: str) -> bool:
    """Tell whether `text` is an RFC 1123 subdomain: labels joined by '.', 253 characters in all."""
    if "." not in text:
        return is_dns_label(text, 253)
    return len(text) <= 253 and all(is_dns_label(part, 253) for part in text.split("."))


def label_value_fault(text: str) -> str:
    """Say what is wrong with a label's value; empty when nothing is."""
    if not text:
        return ""
    if len(text.encode()) > 63:
        return "longer than 63 characters"
    return "" if _is_label_word(text) else _WORD_RULE


def label_key_fault(text: str) -> str:
    """Say what is wrong with a label's or an annotation's key (`[prefix/]name`); empty when nothing is."""
    if text in _known_keys:
        return ""
    prefix, slash, name = text.rpartition("/")
    if slash and (not prefix or not is_dns_subdomain(prefix)):
        return "the part before '/' must be a DNS name"
    if not name:
        return "the name part is empty"
    if len(name.encode()) > 63:
        return "the name part is longer than 63 characters"
    if not _is_label_word(name):
        return _WORD_RULE
    if len(_known_keys) >= _MOST_KNOWN:
        _known_keys.clear()
    _known_keys.add(text)
    return ""


def are_labels(value: object) -> bool:
    """Tell whether a value is a map of labels' keys and values."""
    if type(value) is not dict:
        return False
    for key, word in value.items():
        if type(word) is not str or label_key_fault(key) or label_value_fault(word):
            return False
    return True


_WORD_RULE: Final = "only letters, digits, '-', '_' and '.', beginning and ending with a letter or digit"


def _is_label_word(text: str) -> bool:
    if not text.isascii() or text[0] not in _ALNUM or text[-1] not in _ALNUM:
        return False
    return text.isalnum() or text.replace("-", "").replace("_", "").replace(".", "").isalnum()
