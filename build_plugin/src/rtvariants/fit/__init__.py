"""Wheels with runtimes from sources that do not know rtvariants; the sources stay as they are."""
