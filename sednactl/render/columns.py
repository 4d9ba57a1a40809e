"""Plain columns as kubectl prints them: no frames, three blanks between, upper-case heads."""

from __future__ import annotations

from collections.abc import Sequence

_ESCAPES = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160))} | {
    # What turns the direction of the text around, or ends a line: it would show other words than are there.
    code: f"\\u{code:04x}"
    for code in (0x200E, 0x200F, 0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF)
}


def printable(text: str) -> str:
    """Make control characters visible, so that text from a cluster cannot drive the terminal."""
    return text.translate(_ESCAPES)


def width(text: str) -> int:
    """Give how many terminal cells `text` takes (wide East Asian characters take two, combining ones none)."""
    if text.isascii():
        return len(text)
    import unicodedata

    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )


def columns(
    heads: Sequence[str], rows: Sequence[Sequence[str]], *, headers: bool = True, gap: int = 3
) -> str:
    """Lay out rows under their heads, `gap` blanks apart; ends with a newline unless there is nothing to show."""
    lines = [[printable(cell) for cell in row] for row in rows]
    if headers:
        lines.insert(0, list(heads))
    if not lines:
        return ""
    widths = [max(width(line[index]) for line in lines) for index in range(len(heads))]
    return "".join(
        (" " * gap)
        .join(
            cell if last == index else cell + " " * (widths[index] - width(cell))
            for index, cell in enumerate(line)
        )
        .rstrip()
        + "\n"
        for line in lines
        for last in (len(line) - 1,)
    )


def clip(text: str, columns: int, *, unicode: bool = True) -> str:
    """Cut a plain line to `columns` cells, with a sign that it was cut."""
    if width(text) <= columns:
        return text
    sign = "…" if unicode else "~"
    kept, used = [], 0
    for char in text:
        used += width(char)
        if used > columns - 1:
            break
        kept.append(char)
    return "".join(kept) + sign if columns > 0 else ""


def age(seconds: float) -> str:
    """Write a duration as kubectl writes ages: 45s, 2m5s, 7h12m, 3d4h, 2y10d."""
    whole = max(0, int(seconds))
    minutes, hours, days, years = whole // 60, whole // 3600, whole // 86400, whole // (86400 * 365)
    if whole < 120:
        return f"{whole}s"
    if minutes < 10:
        return _two(minutes, "m", whole % 60, "s")
    if minutes < 180:
        return f"{minutes}m"
    if hours < 8:
        return _two(hours, "h", minutes % 60, "m")
    if hours < 48:
        return f"{hours}h"
    if hours < 192:
        return _two(days, "d", hours % 24, "h")
    if days < 730:
        return f"{days}d"
    if years < 8:
        return _two(years, "y", days % 365, "d")
    return f"{years}y"


def _two(large: int, unit: str, small: int, small_unit: str) -> str:
    return f"{large}{unit}{small}{small_unit}" if small else f"{large}{unit}"
