"""Facts about the world: CPU levels, platforms and allocators, as data and lookups."""
