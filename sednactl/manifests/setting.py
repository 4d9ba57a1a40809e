"""`--set a.b[0].c=1` and `--set-string`: one value at one path of the values.

Types are guessed as helm guesses them: whole numbers, true, false and null are
what they look like, all else (also 0644 and 1.5) is text. Unlike helm a comma
is just a comma, since Sedna's parameters are full of them; repeat the flag for
further values.
"""

from __future__ import annotations

from typing import Any

from sednactl.errors import InvalidInput
from sednactl.records import Record

_LONGEST_LIST = 1000
_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None}


class Setting(Record):
    """One `--set`: where, what, and how the user wrote it (for messages)."""

    path: tuple[str | int, ...]
    value: Any
    origin: str


def setting(text: str, *, as_text: bool = False) -> Setting:
    """Read `path=value`. Raises InvalidInput when it is not of that form."""
    flag = "--set-string" if as_text else "--set"
    path, value = _split(text, flag)
    origin = f"{flag} {path}"
    return Setting(_path(path, origin), value if as_text else typed(value), origin)


def typed(text: str) -> Any:
    """Give the value a text stands for: true, false, null, a whole number, `{a,b}` as a list, else the text."""
    if text in _WORDS:
        return _WORDS[text]
    if text.startswith("{") and text.endswith("}"):
        return [typed(part) for part in text[1:-1].split(",")] if text != "{}" else []
    digits = text.removeprefix("-")
    if digits.isascii() and digits.isdigit() and (text == "0" or digits[0] != "0") and len(digits) < 19:
        return int(text)
    return text


def apply_setting(values: dict[str, Any], change: Setting, aliases: dict[str, str]) -> None:
    """Put one setting into the values, making what is missing on the way; null takes the key away.

    `aliases` names keys that say the same as another one, which is then dropped.
    Raises InvalidInput where the path runs through something that is no map or list.
    """
    here: Any = values
    for step, following in zip(change.path, (*change.path[1:], None), strict=True):
        last = following is None
        if isinstance(step, str):
            if not isinstance(here, dict):
                raise _no_way(change, f"'{step}' is asked of something that is no map")
            if last:
                here.pop(aliases.get(step, ""), None)
                if change.value is None:
                    here.pop(step, None)
                else:
                    here[step] = change.value
                return
            if here.get(step) is None:
                here[step] = [] if isinstance(following, int) else {}
        else:
            if not isinstance(here, list):
                raise _no_way(change, f"[{step}] is asked of something that is no list")
            if step > len(here):
                raise _no_way(change, f"[{step}] would leave a gap: the list has {len(here)} items")
            if step == len(here):
                here.append([] if isinstance(following, int) else {})
            if last:
                here[step] = change.value
                return
        here = here[step]


def _no_way(change: Setting, why: str) -> InvalidInput:
    return InvalidInput(f"{change.origin}: {why}")


def _split(text: str, flag: str) -> tuple[str, str]:
    """Split at the first `=` that no backslash protects."""
    position = 0
    while (position := text.find("=", position)) >= 0:
        if text[position - 1 : position] != "\\":
            if position == 0:
                break
            return text[:position], text[position + 1 :]
        position += 1
    raise InvalidInput(f"{flag} {text!r} is not of the form path=value")


def _path(text: str, origin: str) -> tuple[str | int, ...]:
    """Read `a.b[0].c`; a backslash takes the meaning of the character behind it (`labels.app\\.kubernetes\\.io/x`)."""
    steps: list[str | int] = []
    word, position, after_index = "", 0, False
    while position < len(text):
        char = text[position]
        if char == "\\" and position + 1 < len(text):
            word += text[position + 1]
            position += 2
            continue
        if char in ".[":
            if word:
                steps.append(word)
            elif not after_index:
                raise InvalidInput(f"{origin}: an empty name in the path", hint="paths look like a.b[0].c")
            word, after_index = "", False
            if char == "[":
                end = text.find("]", position)
                index = text[position + 1 : end] if end > 0 else ""
                if not (index.isascii() and index.isdigit()) or len(index) > 4 or int(index) >= _LONGEST_LIST:
                    raise InvalidInput(f"{origin}: no list index after '['", hint="paths look like a.b[0].c")
                steps.append(int(index))
                position, after_index = end, True
        elif after_index:
            raise InvalidInput(f"{origin}: a '.' is missing after ']'", hint="paths look like a.b[0].c")
        else:
            word += char
        position += 1
    if word:
        steps.append(word)
    elif not after_index:
        raise InvalidInput(f"{origin}: the path ends in nothing", hint="paths look like a.b[0].c")
    return tuple(steps)
