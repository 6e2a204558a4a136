"""Fixtures of prepared toolchains."""

from prepared import cache, kept

__all__ = ["cache", "kept"]
