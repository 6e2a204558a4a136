"""The tasks of `peers.py`, once for each engine, over the same data."""
