"""Reading and writing manifests: values → template → documents; YAML with line numbers, as Kubernetes reads it."""
