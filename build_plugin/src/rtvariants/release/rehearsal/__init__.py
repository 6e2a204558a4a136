"""A local index and a local forge, with which a whole release is rehearsed on one machine."""
