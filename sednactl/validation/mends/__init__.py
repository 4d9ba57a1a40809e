"""What mends a finding: one decision a rule, and the change where there is exactly one right answer."""

_RULES = (
    *("SDN001", "SDN002", "SDN003", "SDN004", "SDN005", "SDN006", "SDN007"),
    *("SDN114", "SDN133", "SDN137", "SDN138", "SDN145", "SDN146"),
    *("SDN205", "SDN206", "SDN208", "SDN209", "SDN210", "SDN211", "SDN215", "SDN223"),
    *("SDN301", "SDN302", "SDN303"),
    *("SDN501", "SDN502", "SDN503", "SDN504", "SDN505", "SDN508", "SDN708"),
)
MENDED = frozenset(_RULES)
"""The rules whose findings may be mended: `table` says how, and is long to load for whoever meets none of them."""
