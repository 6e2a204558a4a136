"""Fixtures that several folders of unit tests share."""

from sample_wheels import fat, native, table_of
from small_libraries import small_library, zig

__all__ = ["fat", "native", "small_library", "table_of", "zig"]
