"""The write path of the sandbox's API server as pure functions: no store, no HTTP, nothing changed in place.

A write goes through them in this order: `admit` (does it decode), `with_defaults`, `track_update`, then what the
server itself adds (which nobody owns), `validate_create` or `validate_update`. Patches begin with `apply_patch`;
where `admit` refuses their result, `refused_patch` words it. Server-side apply is `server_side_apply`, which decodes
and fills in defaults itself, and then the validation.
"""

from __future__ import annotations

from sednactl.sandbox.api.writing.admitting import Admitted, admit
from sednactl.sandbox.api.writing.applying import server_side_apply
from sednactl.sandbox.api.writing.defaulting import with_defaults
from sednactl.sandbox.api.writing.managed_fields import track_update
from sednactl.sandbox.api.writing.patching import apply_patch, refused_patch
from sednactl.sandbox.api.writing.structure import Structure, structure_of_builtin, structure_of_crd
from sednactl.sandbox.api.writing.validating import validate_create, validate_update

__all__ = [
    "Admitted",
    "Structure",
    "admit",
    "apply_patch",
    "refused_patch",
    "server_side_apply",
    "structure_of_builtin",
    "structure_of_crd",
    "track_update",
    "validate_create",
    "validate_update",
    "with_defaults",
]
