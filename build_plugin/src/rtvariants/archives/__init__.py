"""Wheels and sdists in memory: one reader, one strictness, and equal bytes for equal files."""
