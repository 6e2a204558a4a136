"""Installs wheels into fresh environments and runs them, on this CPU and on emulated ones."""
