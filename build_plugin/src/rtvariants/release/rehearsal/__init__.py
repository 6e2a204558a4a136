"""A local index and a local forge: a whole release can be rehearsed on one machine."""
