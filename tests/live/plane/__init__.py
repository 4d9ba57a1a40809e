"""A Kubernetes control plane for tests: real etcd, kube-apiserver and kube-controller-manager on loopback.

Kubelet, scheduler and metrics-server are stood in for; Sedna's Global Manager
is the real program when it lies beside the others, else a small stand-in.
"""
