"""The floor: read every page that a scan reads, and do nothing with it but parse it.

python -m tests.bench.fleet_floor PORT          says objects and bytes
"""

from __future__ import annotations

import http.client
import sys

import orjson

from sednactl.sedna.kinds import SEDNA_KINDS
from sednactl.sedna.resources import CHILD_RESOURCES


def main() -> None:
    """Read and parse, one list after the other."""
    connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]))
    accept = {"Accept": "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"}
    objects = size = 0
    for resource in (*(kind.resource for kind in SEDNA_KINDS if kind.makes_children), *CHILD_RESOURCES):
        root = f"/apis/{resource.group}/{resource.version}" if resource.group else "/api/v1"
        token = ""
        while True:
            rest = f"&continue={token}" if token else ""
            connection.request("GET", f"{root}/{resource.plural}?limit=1000{rest}", headers=accept)
            body = connection.getresponse().read()
            page = orjson.loads(body)
            objects, size = objects + len(page["items"]), size + len(body)
            token = page["metadata"].get("continue", "")
            if not token:
                break
    print(objects, size)


if __name__ == "__main__":
    main()
