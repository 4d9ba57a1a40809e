"""What clients may rely on of the Kubernetes API: one suite, for the sandbox and for a real kube-apiserver."""
