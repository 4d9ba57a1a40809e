"""The life of a workload: apply, delete, wait; the ownership tree; ghosts."""
