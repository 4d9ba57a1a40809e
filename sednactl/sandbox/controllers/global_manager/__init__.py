"""Sedna's Global Manager as it behaves in v0.7.0 and, for its ghosts, in v0.6.0: for every kind, with its faults.

Pure: `children` (what a workload's children are), `rendering`, `storage`,
`stages`, `counting`, `installation`. Acting: `process`, and a module for each
family of kinds. All of it speaks only the Kubernetes API.
"""
