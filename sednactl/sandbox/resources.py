"""Kinds that only the sandbox's controllers deal with; the others are in `sedna.resources`."""

from __future__ import annotations

from sednactl.sedna.resources import Resource

CONFIG_MAP = Resource("", "v1", "configmaps", "ConfigMap")
ENDPOINTS = Resource("", "v1", "endpoints", "Endpoints")
LEASE = Resource("coordination.k8s.io", "v1", "leases", "Lease")
