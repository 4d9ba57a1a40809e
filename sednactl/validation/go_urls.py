"""Tells which addresses Go's url.Parse refuses, as Sedna's Global Manager (Go 1.22) hands them to it."""

from __future__ import annotations

_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_SCHEME = _LETTERS | frozenset("0123456789+-.")
_HEX = frozenset("0123456789abcdefABCDEF")
_HOST = _LETTERS | frozenset("0123456789-_.~!$&'()*+,;=:[]<>\"")
_USER = _LETTERS | frozenset("0123456789-._:~!$&'()*+,;=%@")


def scheme_of(url: str) -> str:
    """Give the scheme in lower case, "" when there is none."""
    for index, char in enumerate(url):
        if char == ":":
            return url[:index].lower() if index else ""
        if char not in _SCHEME or (index == 0 and char not in _LETTERS):
            break
    return ""


def address_of(url: str) -> str:
    """Give the host or bucket that stands between "//" and the next "/", "" when there is none."""
    _, found, rest = url.partition("://")
    return rest.partition("/")[0].partition("?")[0].partition("#")[0] if found else ""


def go_refuses(url: str) -> str:
    """Say why Go's url.Parse refuses `url`; empty when it takes it."""
    if any(char < " " or char == "\x7f" for char in url):
        return "it holds a control character"
    address, _, fragment = url.partition("#")
    if fragment and _bad_escape(fragment):
        return f'"{_bad_escape(fragment)}" is no escape'
    if address.startswith(":"):
        return "the scheme before ':' is missing"
    scheme = scheme_of(address)
    rest = (address[len(scheme) + 1 :] if scheme else address).partition("?")[0]
    if not rest.startswith("/"):
        if scheme:
            return ""  # opaque: Go looks no further
        if ":" in rest.partition("/")[0]:
            return "a colon stands in the first part of the path"
    if rest.startswith("//") and (scheme or not rest.startswith("///")):
        authority, slash, path = rest[2:].partition("/")
        rest = slash + path
        fault = _authority_fault(authority)
        if fault:
            return fault
    escape = _bad_escape(rest)
    return f'"{escape}" is no escape' if escape else ""


def _authority_fault(authority: str) -> str:
    user, at, host = authority.rpartition("@")
    if at:
        if not _USER.issuperset(user):
            return "the part before '@' holds a character it may not"
        escape = _bad_escape(user)
        if escape:
            return f'"{escape}" is no escape'
    if host.startswith("["):
        end = host.rfind("]")
        if end < 0:
            return "']' is missing in the host"
        port = host[end + 1 :]
    else:
        colon = host.rfind(":")
        port = host[colon:] if colon >= 0 else ""
    if port and not (port[0] == ":" and (port[1:].isdigit() or len(port) == 1) and port.isascii()):
        return f'"{port}" is no port'
    return _host_fault(host)


def _host_fault(host: str) -> str:
    zone = host.find("%25") if host.startswith("[") else -1
    index = 0
    while index < len(host):
        char = host[index]
        if char == "%":
            code = host[index + 1 : index + 3]
            if len(code) < 2 or not _HEX.issuperset(code):
                return f'"{host[index : index + 3]}" is no escape'
            if int(code[0], 16) < 8 and code != "25" and not 0 <= zone < index:
                return f'"%{code}" is not allowed in a host'
            index += 3
            continue
        if char.isascii() and char not in _HOST:
            return f"the host holds '{char}'"
        index += 1
    return ""


def _bad_escape(text: str) -> str:
    at = text.find("%")
    while at >= 0:
        code = text[at + 1 : at + 3]
        if len(code) < 2 or not _HEX.issuperset(code):
            return text[at : at + 3]
        at = text.find("%", at + 3)
    return ""
