"""How much of a manifest is read: bounds that no sane file meets and no hostile one gets past."""

DEEPEST = 200
"""Levels of nesting; no Kubernetes type comes near."""
MOST_NODES = 500_000
"""Nodes of one document, and values it may expand to through aliases."""
MOST_DOCUMENTS = 100_000
"""Documents of one file, empty ones aside."""
MOST_FINDINGS = 10_000
"""Findings of one rule that are kept in one run; those beyond are counted."""
LARGEST_FILE = 64 * 1024 * 1024
"""Bytes of one file, or of standard input."""
LARGEST_DOCUMENT = 16 * 1024 * 1024
"""Characters of one document; the API server itself takes no request above 3 MiB."""
