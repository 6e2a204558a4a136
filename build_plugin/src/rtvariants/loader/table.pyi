# The table that the build writes next to this loader; it is not in the source tree.
from .types import Table

TABLE: Table
