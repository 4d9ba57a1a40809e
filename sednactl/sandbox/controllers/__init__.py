"""What acts in the sandbox. Every controller speaks only the Kubernetes API, so that it runs against a real one unchanged."""
