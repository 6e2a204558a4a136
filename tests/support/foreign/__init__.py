"""Packages of other projects: built from their unmodified sdists, tested, emulated, measured."""
