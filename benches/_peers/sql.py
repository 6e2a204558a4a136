"""The tasks of the engines that read SQL; `{t}` is the table, `{folder}` has the files."""

from __future__ import annotations

from .data import JOINS

QUESTIONS = {
    "gb_q1": "select id1, sum(v1) as v1 from {t} group by id1",
    "gb_q2": "select id1, id2, sum(v1) as v1 from {t} group by id1, id2",
    "gb_q3": "select id3, sum(v1) as v1, avg(v3) as v3 from {t} group by id3",
    "gb_q5": "select id6, sum(v1) as v1, sum(v2) as v2, sum(v3) as v3 from {t} group by id6",
    "gb_q7": "select id3, max(v1) - min(v2) as range from {t} group by id3",
    "sort_i64": "select k from {t} order by k",
    "sort_f64": "select d from {t} order by d",
    "sort_df": "select * from {t} order by k",
    "sort_str": "select id3 from {t} order by id3",
    "filter_50": "select * from {t} where c > 0.5",
    "fused_expr": "select sum((c - 0.5) * (d + 1.0) * 2.0) as c from {t}",
    "str_contains": "select count(*) as id3 from {t} where contains(id3, '99')",
    "sum_f64": "select sum(f) as f from {t}",
    "mean_f64": "select avg(f) as f from {t}",
    "csv_read": "select * from read_csv('{folder}/group.csv')",
    "parquet_read": "select * from read_parquet('{folder}/group.parquet')",
    "parquet_q1": (
        "select id1, sum(v1) as v1 from read_parquet('{folder}/group.parquet') group by id1"
    ),
}


def join(name: str, tables: dict[str, str], left: list[str], right: list[str]) -> str:
    """Return a join with all columns of both tables, named as the other engines name them."""
    on, how = JOINS[name]
    added = [f"y.{n} as {n}{'_right' * (n in left)}" for n in right if n != on]
    columns = ", ".join(["x.*", *added])
    return f"select {columns} from {tables['x']} x {how} join {tables['y']} y on x.{on} = y.{on}"
