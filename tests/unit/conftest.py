"""Fixtures that several folders of unit tests share."""

from guarded_files import linked, linked_for
from sample_wheels import fat, native, table_of
from small_libraries import small_library, zig

__all__ = ["fat", "linked", "linked_for", "native", "small_library", "table_of", "zig"]
