"""The only door to Kubernetes: credentials, get/list/watch/apply/delete on raw dicts, errors by cause."""
