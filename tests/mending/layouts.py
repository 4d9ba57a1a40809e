"""Manifests written in odd ways: block and flow, all quotes, comments everywhere, anchors, other line ends."""

from __future__ import annotations

from random import Random
from typing import Any

from sednactl.manifests.scalars import plain
from sednactl.manifests.writing import flow, scalar


class Layout:
    """Writes values as YAML, every choice made by `random`; `comments` are those that it wrote."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.comments: list[str] = []
        self.line_end = random.choice(["\n", "\n", "\r\n"])

    def stream(self, documents: list[Any]) -> str:
        """Write documents as a stream."""
        text = "".join(self._document(document, first=not index) for index, document in enumerate(documents))
        return text.replace("\n", self.line_end)

    def _document(self, content: Any, *, first: bool) -> str:
        lines = self._own_line("") if first else [f"---{self._behind()}", *self._own_line("")]
        lines += self._block(content, "")
        return "\n".join([*lines, *self._own_line("")]) + self.random.choice(["\n", "\n\n"])

    def _block(self, value: Any, indent: str) -> list[str]:
        lines: list[str] = []
        if isinstance(value, dict):
            for key, item in value.items():
                lines += self._own_line(indent)
                head = f"{indent}{self._key(key)}:"
                lines += self._value(head, item, indent + " " * self.random.randint(1, 4), indent)
        else:
            for item in value:
                lines += self._own_line(indent)
                if isinstance(item, (dict, list)) and item and self._odd(0.8):
                    gap = " " * self.random.randint(1, 3)
                    inner = self._block(item, indent + " " + gap)
                    if not inner[0].strip().startswith("#") and inner[0].strip():
                        lines += [f"{indent}-{gap}{inner[0].lstrip()}", *inner[1:]]
                    else:
                        lines += [f"{indent}-{self._behind()}", *inner]
                else:
                    lines += self._value(f"{indent}-", item, indent + "  ", indent)
        return lines

    def _value(self, head: str, item: Any, deeper: str, indent: str) -> list[str]:
        if isinstance(item, (dict, list)) and item and self._odd(0.75):
            same = indent if isinstance(item, list) and self._odd(0.5) and not head.endswith("-") else deeper
            return [f"{head}{self._behind()}", *self._block(item, same)]
        if item is None:
            return [f"{head}{self.random.choice(['', ' null', ' ~'])}{self._behind()}"]
        blanks = " " * self.random.randint(1, 2)
        return [f"{head}{blanks}{self._inline(item, flow_style=False)}{self._behind()}"]

    def _inline(self, item: Any, *, flow_style: bool) -> str:
        if isinstance(item, dict):
            pairs = (f"{self._key(key)}: {self._inline(each, flow_style=True)}" for key, each in item.items())
            return (
                "{" + self.random.choice(["", " "]) + ", ".join(pairs) + self.random.choice(["", " "]) + "}"
            )
        if isinstance(item, list):
            return "[" + ", ".join(self._inline(each, flow_style=True) for each in item) + "]"
        if not isinstance(item, str):
            return scalar(item)
        ways = [flow(item), "'" + item.replace("'", "''") + "'"]
        word = item.replace("_", "a").replace(":", "a").replace("-", "a").isalnum() and plain(item) == item
        if word and (scalar(item) == item or not flow_style) and not item.endswith(":") and item[0] != "-":
            ways.append(item)
        return self.random.choice(ways)

    def _key(self, key: str) -> str:
        return self.random.choice([key, key, flow(key)]) if scalar(key) == key else flow(key)

    def _behind(self) -> str:
        return f"{self.random.choice(['  ', ' '])}{self._comment()}" if self._odd(0.2) else ""

    def _own_line(self, indent: str) -> list[str]:
        if self._odd(0.1):
            return [f"{indent}{self._comment()}"]
        return [""] if self._odd(0.05) else []

    def _comment(self) -> str:
        made = f"# {len(self.comments)} " + self.random.choice(["ü", "it's", '"so"', "a: b", "{", "- x"])
        self.comments.append(made)
        return made

    def _odd(self, share: float) -> bool:
        return self.random.random() < share
