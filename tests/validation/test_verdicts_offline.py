"""Thousands of broken manifests: our verdict beside that of the CRD's own schema, judged by jsonschema."""

from __future__ import annotations

import copy
import os
import random
from itertools import chain
from typing import Any

import jsonschema
import pytest

from sednactl.manifests.document import document_of
from sednactl.sedna.releases import LATEST, RELEASES, Release
from sednactl.validation.check import Checker, check_documents
from sednactl.validation.crd import crd_of
from sednactl.validation.looking import STRUCTURAL_RULES
from sednactl.validation.structure import DOUBLED, TOO_LARGE, structural_problems
from sednactl.validation.target import Target
from tests.upstream import upstream_crd
from tests.validation.mutants import STRANGE, mutate, mutate_metadata, sample
from tests.validation.test_schemas import HAVING, KINDS

MUTANTS = int(os.environ.get("SEDNACTL_FUZZ", "400"))


def crd_schema(kind: str, release: Release) -> dict[str, Any]:
    """Upstream's schema where it is at hand, else our own copy, which a test keeps equal to it."""
    crd = upstream_crd(kind, release) or crd_of(kind, release)
    schema: dict[str, Any] = crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    return schema


def strict(schema: Any) -> Any:
    """What a plain JSON Schema validator needs to see what the server sees: no unknown fields, 64-bit numbers."""
    result: dict[str, Any] = {}
    for key, value in schema.items():
        if key == "properties":
            result[key] = {name: strict(field) for name, field in value.items()}
        elif key in ("items", "additionalProperties"):
            result[key] = strict(value)
        elif key == "pattern":
            result[key] = value.removesuffix("$") + r"\Z"
        else:
            result[key] = value
    if schema.get("type") == "object" and "additionalProperties" not in schema:
        result["additionalProperties"] = False
    if schema.get("type") == "integer" or schema.get("x-kubernetes-int-or-string"):
        result = {"minimum": -(2**63), "maximum": 2**63 - 1} | result
    return result


def without_nulls(schema: dict[str, Any], value: Any) -> Any:
    """Drop nulls as the server does: in maps, where the schema knows the field, replaced by its default."""
    if isinstance(value, dict) and schema.get("type") == "object":
        kept = {}
        for name, item in value.items():
            field = schema.get("properties", {}).get(name) or schema.get("additionalProperties")
            if field is None:
                kept[name] = item
            elif item is None:
                if "default" in field:
                    kept[name] = field["default"]
            else:
                kept[name] = without_nulls(field, item)
        return kept
    if isinstance(value, list) and schema.get("type") == "array":
        return [without_nulls(schema["items"], item) for item in value]
    return value


@pytest.mark.parametrize(("kind", "release"), HAVING, ids=str)
def test_verdict_is_the_crds(kind: str, release: Release) -> None:
    """For every kind of every release; SEDNACTL_FUZZ=5000 asks for more mutants of each."""
    schema = copy.deepcopy(crd_schema(kind, release))
    schema["properties"]["metadata"]["x-kubernetes-preserve-unknown-fields"] = True
    oracle = strict(schema)
    oracle["properties"]["metadata"] = {"type": "object"}
    validator = jsonschema.Draft202012Validator(oracle)
    rng = random.Random(f"verdicts of {kind} in {release}")
    accepted = refused = 0
    # The schemas of older releases are compared field by field in test_schemas; these only show that they are used.
    count = MUTANTS if release == LATEST else MUTANTS // 4
    for number in range(count * (5 if (kind, release) == ("JointInferenceService", LATEST) else 1)):
        # Some of an older release's mutants have fields that came later.
        mutant = mutate(sample(kind, rng, rng.choice((release, release, LATEST))), rng)
        mutant.pop("status", None)  # the server looks at these two with other eyes; tests/live does
        mutant["metadata"] = {"name": "mutant"}
        fits = validator.is_valid(without_nulls(schema, mutant))
        problems = [
            problem
            for problem in structural_problems(kind, mutant, release)
            if problem.rule not in (DOUBLED, TOO_LARGE)
        ]
        assert fits == (not problems), (number, mutant, problems)
        accepted += fits
        refused += not fits
    assert min(accepted, refused) > count // 10


def test_samples_of_every_kind_are_accepted() -> None:
    rng = random.Random("samples")
    for kind, release in HAVING:
        for _ in range(20):
            content = sample(kind, rng, release)
            problems = [
                found
                for found in structural_problems(kind, content, release)
                if found.rule not in (DOUBLED, TOO_LARGE)
            ]
            assert not problems, content


def test_rules_look_at_anything_without_falling_over() -> None:
    """Rules see manifests that are wrong in every way, and every finding has a place and one line."""
    rng = random.Random("rules")
    for number in range(1500):
        kind = rng.choice(KINDS)
        change = mutate_metadata if number % 5 == 0 else mutate
        target = Target(rng.choice(RELEASES), rng.choice((None, (1, 20), (1, 32))))
        for finding in check_documents([document_of(change(sample(kind, rng), rng))], target=target):
            assert finding.message and "\n" not in finding.message
            assert finding.level == "error" or finding.rule not in STRUCTURAL_RULES


def test_documents_of_all_sorts_together() -> None:
    """What looks at all documents at once takes anything too, Sedna's and others', with a cluster or without."""
    from sednactl.validation.bounds import Bounds
    from sednactl.validation.in_cluster import Survey
    from sednactl.validation.rules.admission import deferred, refused
    from sednactl.validation.rules.cluster import wanting
    from sednactl.validation.rules.object_counts import too_many

    rng = random.Random("together")
    plain = (
        *("Secret", "Node", "Service", "Deployment", "HorizontalPodAutoscaler", "ConfigMap"),
        *("LimitRange", "ResourceQuota"),
    )
    for number in range(60):
        checker = Checker(target=Target(rng.choice(RELEASES)), for_cluster=True)
        for index in range(20):
            content = mutate(sample(rng.choice(KINDS), rng), rng)
            if rng.random() < 0.4:
                content |= {"apiVersion": "v1", "kind": rng.choice(plain)}
                content[rng.choice(("data", "spec", "metadata"))] = copy.deepcopy(rng.choice(STRANGE))
            if rng.random() < 0.8:
                content["metadata"] = {
                    "name": rng.choice(("a", "b", "cpu")),
                    "annotations": rng.choice(STRANGE),
                }
            checker.check(document_of(content, index=index))
        node = mutate({"metadata": {"labels": {"a": "1"}}, "status": {"allocatable": {"cpu": "1"}}}, rng)
        survey = Survey("c", "default", nodes={"a": node, "b": {}}, looked={("Model", "default")})
        survey.denied["Secret", "default"] = "no"
        survey.scales = "old"
        together, bounds = checker._together, Bounds(checker._together, survey)
        told = (
            wanting(together, survey, bounds, checker.target.release),
            refused(together, bounds),
            too_many(together, bounds, checker.target.release),
            deferred(together, bounds, checker.target, everywhere=True),
        )
        for _, problem in chain.from_iterable(told):
            assert problem.message, number
        for finding in checker.finish():
            assert finding.message and "\n" not in finding.message
