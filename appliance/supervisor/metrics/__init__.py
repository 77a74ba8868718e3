"""Metrics for Prometheus: each part answers on its own socket, the supervisor shows all at one address."""
