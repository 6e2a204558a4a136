"""Plans over Parquet files, run by the workers of Dask, Ray or any executor.

Each worker reads its own row groups, with the filters and columns of the plan, and aggregates them;
this process joins the results. There is no scheduler and no shuffle here: the engine has them.
"""

from __future__ import annotations

from mydf.distributed._collect import collect

__all__ = ["collect"]
