"""Fixtures that several folders of unit tests share."""

from guarded_files import linked
from sample_wheels import fat, native, table_of
from small_libraries import small_library, zig

__all__ = ["fat", "linked", "native", "small_library", "table_of", "zig"]
