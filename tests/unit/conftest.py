"""Fixtures that several folders of unit tests share."""

from sample_wheels import fat, native, table_of

__all__ = ["fat", "native", "table_of"]
