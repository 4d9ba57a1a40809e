"""Names that are plain: of the right form, and without a placeholder that was never filled in."""

from __future__ import annotations

from typing import Any

from sednactl.validation.shape import text
from sednactl.validation.words import is_dns_label, is_dns_subdomain


def placeholder(value: str) -> str:
    """Give the unfilled placeholder in a name ($X, ${X}, {{ x }}, <x>), "" when there is none."""
    if "$" not in value and "<" not in value and "{{" not in value:
        return ""
    for opening, closing in (("${", "}"), ("{{", "}}"), ("$(", ")"), ("<", ">")):
        begin = value.find(opening)
        if begin >= 0:
            end = value.find(closing, begin)
            return value[begin : end + len(closing)] if end > 0 else value[begin:]
    begin = value.find("$")
    if begin < 0:
        return ""
    end = begin + 1
    while end < len(value) and (value[end].isalnum() or value[end] in "_-"):
        end += 1
    return value[begin:end]


def named_with_images(containers: Any) -> bool:
    """Tell whether all containers of a list have a name of the right form, and an image without a placeholder."""
    if type(containers) is not list:
        return False
    for container in containers:
        image = text(container, "image")
        if not image or placeholder(image) or not is_dns_label(text(container, "name")):
            return False
    return True


def names_an_object(name: Any) -> bool:
    """Tell whether a value is a name that an object can have, a node for one."""
    return type(name) is str and is_dns_subdomain(name)


def has_a_name(owner: Any) -> bool:
    """Tell whether a map says the name of an object."""
    return is_dns_subdomain(text(owner, "name"))


def has_a_credential_name(owner: Any) -> bool:
    """Tell whether a map says the name of a Secret."""
    return is_dns_subdomain(text(owner, "credentialName"))


def has_its_name_filled_in(owner: Any) -> bool:
    """Tell whether the name that a map says, if it says any, is no placeholder."""
    return not placeholder(text(owner, "name"))


def is_filled_in(value: Any) -> bool:
    """Tell whether a value is a text without a placeholder."""
    return type(value) is str and not placeholder(value)
