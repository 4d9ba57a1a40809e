"""What SARIF 2.1.0 wants of the part that we write, in our own words: no package ships the schema itself.

Stricter than the standard in one way: whatever is not named here must not be written either.
"""

from __future__ import annotations

import functools
import json
import os
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.validators import validator_for

LEVEL = {"enum": ["none", "note", "warning", "error"]}
TEXT = {
    "type": "object",
    "required": ["text"],
    "additionalProperties": False,
    "properties": {"text": {"type": "string", "minLength": 1}},
}
COUNT_FROM_1 = {"type": "integer", "minimum": 1}


def _object(required: list[str], **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": required,
        "additionalProperties": False,
        "properties": properties,
    }


def _list(items: Any, **more: Any) -> dict[str, Any]:
    return {"type": "array", "items": items, **more}


ARTIFACT = _object(
    ["uri"],
    # RFC 3986, and no back slash, blank or raw character beyond ASCII
    uri={
        "type": "string",
        "pattern": r"^(file:///|(file:///)?([A-Za-z0-9._~/!$&'()*+,;=@-]|%[0-9A-F]{2})+)$",
    },
    uriBaseId={"const": "%SRCROOT%"},
)
REGION = _object(["startLine", "startColumn"], startLine=COUNT_FROM_1, startColumn=COUNT_FROM_1)
LOCATION = _object(
    [],
    physicalLocation=_object(["artifactLocation"], artifactLocation=ARTIFACT, region=REGION),
    logicalLocations=_list(_object(["fullyQualifiedName"], fullyQualifiedName={"type": "string"})),
)
RULE = _object(
    ["id", "shortDescription", "fullDescription", "help", "defaultConfiguration"],
    id={"type": "string", "pattern": r"^SDN\d{3}$"},
    shortDescription=TEXT,
    fullDescription=TEXT,
    help=TEXT,
    defaultConfiguration=_object(["level"], level=LEVEL),
)
SUPPRESSION = _object(
    ["kind"],
    kind={"enum": ["inSource", "external"]},
    status={"enum": ["accepted", "underReview", "rejected"]},
    justification={"type": "string", "minLength": 1},
    properties={"type": "object"},
)
RESULT = _object(
    ["ruleId", "ruleIndex", "level", "message", "partialFingerprints", "suppressions"],
    ruleId={"type": "string"},
    ruleIndex={"type": "integer", "minimum": 0},
    level=LEVEL,
    message=TEXT,
    locations=_list(LOCATION, minItems=1),
    partialFingerprints={
        "type": "object",
        "minProperties": 1,
        "additionalProperties": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    },
    suppressions=_list(SUPPRESSION, uniqueItems=True),
)
NOTIFICATION = _object(["message"], level=LEVEL, message=TEXT, locations=_list(LOCATION))
RUN = _object(
    ["tool", "invocations", "columnKind", "results"],
    tool=_object(
        ["driver"],
        driver=_object(
            ["name", "version", "rules"],
            name={"const": "sednactl"},
            version={"type": "string"},
            rules=_list(RULE, uniqueItems=True),
        ),
    ),
    invocations=_list(
        _object(
            ["executionSuccessful"],
            executionSuccessful={"type": "boolean"},
            toolExecutionNotifications=_list(NOTIFICATION, minItems=1),
        ),
        minItems=1,
        maxItems=1,
    ),
    columnKind={"const": "unicodeCodePoints"},
    results=_list(RESULT),
)
LOG = _object(
    ["$schema", "version", "runs"],
    version={"const": "2.1.0"},
    runs=_list(RUN, minItems=1, maxItems=1),
    **{"$schema": {"type": "string", "pattern": r"^https://.*/sarif-schema-2\.1\.0\.json$"}},
)
VALIDATOR = Draft202012Validator(LOG)


@functools.cache
def official_schema() -> Any:
    """Give a validator of the standard's own schema, which SEDNACTL_TEST_SARIF_SCHEMA names; None without."""
    named = os.environ.get("SEDNACTL_TEST_SARIF_SCHEMA")
    if not named:
        return None
    schema = json.loads(Path(named).read_text("utf-8"))
    of = validator_for(schema)
    return of(schema, format_checker=of.FORMAT_CHECKER)


def check_sarif(log: Any) -> list[dict[str, Any]]:
    """Fail where the log is not of that shape, or its indexes lead elsewhere; give the results."""
    VALIDATOR.validate(log)
    if official := official_schema():
        official.validate(log)
    run = log["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(set(rules)) == len(rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
    marks = [result["partialFingerprints"]["sednactl/v1"] for result in run["results"]]
    assert len(set(marks)) == len(marks)
    results: list[dict[str, Any]] = run["results"]
    return results
