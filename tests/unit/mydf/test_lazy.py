"""Lazy frames: what they refuse, how plans change, and that they run as the eager methods do."""

import pickle

import pytest

import mydf
from mydf import col


@pytest.fixture
def frame():
    return mydf.DataFrame(
        {
            "k": [["a", "b", None][row % 3] for row in range(1000)],
            "x": list(range(1000)),
            "y": [None if row % 7 == 0 else row / 4 for row in range(1000)],
            "t": [f"some longer text {row}" for row in range(1000)],
        }
    )


@pytest.fixture
def path(frame, tmp_path):
    frame.write_parquet(tmp_path / "x.parquet", row_group_size=100)
    return tmp_path / "x.parquet"


CHAINS = {
    "filter": lambda f: f.filter(col("x") > 500).select("k", "t"),
    "two filters": lambda f: f.filter(col("x") % 2 == 0).filter(col("y") > 30),
    "with_columns": lambda f: f.with_columns(z=col("x") * 2).filter(col("z") < 100).drop("t"),
    "rename": lambda f: f.rename({"x": "w"}).filter(col("w") == 7),
    "group_by": lambda f: f.group_by("k").agg(
        col("x").sum(),
        mydf.len(),
        m=col("y").mean(),
        low=col("y").min(),
        high=col("t").max() if False else col("x").max(),
        first=col("t").first(),
        last=col("t").last(),
        n=col("y").count(),
        nulls=col("y").null_count(),
        any=(col("x") > 990).any(),
        all=(col("x") >= 0).all(),
        spread=col("x").max() - col("x").min() + 1,
    ),
    "group_by of all rows": lambda f: f.group_by("k").agg(col("y").median(), s=col("y").std()),
    "key expression": lambda f: f.group_by(r=col("x") % 10).agg(col("x").sum()),
    "select aggregations": lambda f: f.select(col("x").sum(), n=mydf.len(), m=col("y").mean()),
    "select of none": lambda f: f.filter(col("x") < 0).select(col("x").sum(), m=col("y").min()),
    "group_by of none": lambda f: f.filter(col("x") < 0).group_by("k").agg(col("x").sum()),
    "window": lambda f: f.with_columns(c=col("x").cum_sum()).filter(col("x") > 990),
    "sort": lambda f: f.sort("k", "x", descending=[False, True]).filter(col("x") > 900),
    "head": lambda f: f.head(7),
    "head after filter": lambda f: f.filter(col("x") > 120).head(3),
    "filter after head": lambda f: f.head(100).filter(col("x") > 50),
    "slice": lambda f: f.slice(95, 10).select("x"),
    "tail": lambda f: f.tail(3),
    "negative slice": lambda f: f.slice(-5, 2),
    "unique": lambda f: f.select("k").unique(),
    "unique last": lambda f: f.unique("k", keep="last"),
    "unique none": lambda f: f.unique("k", keep="none"),
    "drop_nulls": lambda f: f.drop_nulls("y").select(mydf.len()),
    "literal": lambda f: f.select(mydf.lit(1).alias("one")),
    "literal next to rows": lambda f: f.select("x", one=mydf.lit(1)).select("one"),
    "common part": lambda f: f.select(a=(col("x") * 3) + 1, b=(col("x") * 3) - 1),
    "count": lambda f: f.select(mydf.len()),
    "by dtype": lambda f: f.select(mydf.col(mydf.Int64).sum()),
    "filter of keys": lambda f: f.group_by("k").agg(col("x").sum()).filter(col("k") == "a"),
    "filter of groups": lambda f: f.group_by("k").agg(col("x").sum()).filter(col("x") > 166_300),
}


@pytest.mark.parametrize("name", CHAINS)
def test_a_chain_gives_the_same_rows_lazily(name, frame, path):
    expected = CHAINS[name](frame)
    for lazy in (frame.lazy(), mydf.scan_parquet(path)):
        chain = CHAINS[name](lazy)
        assert chain.schema == expected.schema
        assert chain.collect().equals(expected), chain.explain()


@pytest.mark.parametrize("how", ["inner", "left", "right", "full", "semi", "anti"])
def test_a_join_gives_the_same_rows_lazily(how, frame, path):
    other = mydf.DataFrame({"k": ["b", "a", "c"], "x": [1, 2, 3], "w": [0.5, 1.5, 2.5]})
    eager = frame.join(other, on="k", how=how)
    lazy = mydf.scan_parquet(path).join(other.lazy(), on="k", how=how)
    assert lazy.collect().equals(eager)
    for name in eager.columns:
        assert lazy.select(name).collect().equals(eager.select(name)), name
    kept = col("x") > 500
    assert lazy.filter(kept).collect().equals(eager.filter(kept))
    if "w" in eager.columns:
        kept = (col("w") > 1) & (col("x") < 100)
        assert lazy.filter(kept).collect().equals(eager.filter(kept))


def test_concat_gives_the_rows_of_all_plans_in_order(frame, path):
    scan = mydf.scan_parquet(path)
    lazy = mydf.concat([scan.filter(col("x") < 3), frame.lazy().tail(2), scan.head(1)])
    eager = mydf.concat([frame.filter(col("x") < 3), frame.tail(2), frame.head(1)])
    assert lazy.collect().equals(eager)
    assert (
        lazy.filter(col("x") > 1)
        .select("t")
        .collect()
        .equals(eager.filter(col("x") > 1).select("t"))
    )
    twice = mydf.concat([scan, scan]).group_by("k").agg(col("x").sum())
    assert twice.collect().equals(mydf.concat([frame, frame]).group_by("k").agg(col("x").sum()))


def test_filters_columns_and_limits_reach_the_scan(path):
    scan = mydf.scan_parquet(path)
    plan = scan.with_columns(z=col("x") * 2).filter(col("x") > 5).select("z").explain()
    assert plan.splitlines()[-1].endswith('1 of 4 columns: `x`; where col("x") > 5')
    assert "at most 3 rows" in scan.select("k").head(3).explain()
    # A limit before a filter is another question.
    assert "where" not in scan.head(3).filter(col("x") > 1).explain()


def test_a_filter_that_may_fail_does_not_see_rows_that_another_one_removes(tmp_path):
    frame = mydf.DataFrame({"s": ["1", "x", "3"], "n": [1, 0, 3]})
    frame.write_parquet(tmp_path / "x.parquet")
    for lazy in (frame.lazy(), mydf.scan_parquet(tmp_path / "x.parquet")):
        digits = lazy.filter(col("n") > 0).filter(col("s").cast(mydf.Int64) > 1)
        assert digits.collect()["n"].to_list() == [3]
        joined = lazy.join(mydf.DataFrame({"n": [1, 3]}), on="n")
        assert joined.filter(col("s").cast(mydf.Int64) > 1).collect().height == 1


def test_a_sum_that_leaves_its_range_only_in_a_part_is_right(tmp_path):
    big = 2**63 - 1
    frame = mydf.DataFrame({"x": [big, big, -big, -big, 5]})
    frame.write_parquet(tmp_path / "x.parquet", row_group_size=2)
    scan = mydf.scan_parquet(tmp_path / "x.parquet")
    assert scan.select(col("x").sum()).collect().item() == 5
    with pytest.raises(mydf.errors.IntegerOverflowError):
        scan.head(2).select(col("x").sum()).collect()


def test_errors_name_the_column_at_the_verb(path):
    scan = mydf.scan_parquet(path)
    with pytest.raises(mydf.errors.ColumnNotFoundError, match="`z`"):
        scan.filter(col("z") > 1)
    with pytest.raises(mydf.errors.DTypeError, match="`k`"):
        scan.select(col("k").sum())
    with pytest.raises(mydf.errors.ArgumentError, match="outside any aggregation"):
        scan.group_by("k").agg(col("x"))
    with pytest.raises(mydf.errors.ColumnNotFoundError):
        scan.drop("z")
    with pytest.raises(mydf.errors.ArgumentError, match="Series"):
        scan.filter(mydf.Series("m", [True]))
    with pytest.raises(mydf.errors.ArgumentTypeError):
        len(scan)
    with pytest.raises(mydf.errors.ArgumentTypeError):
        bool(scan)


def test_a_lazy_frame_can_be_pickled(frame, path):
    scan = mydf.scan_parquet(path)
    for lazy in (
        scan.filter(col("t").str.contains("9$"), col("k").is_in(["a"])).select("x"),
        scan.join(frame.lazy().head(3), on="x", how="left").sort("x").tail(2),
        mydf.concat([scan, frame.lazy()]).group_by("k").agg(m=col("x").mean()),
    ):
        again = pickle.loads(pickle.dumps(lazy))
        assert again.explain() == lazy.explain()
        assert again.collect().equals(lazy.collect())
    with pytest.raises(mydf.errors.ArgumentError, match="a function"):
        pickle.dumps(scan.select(col("x").name.map(str.upper)))


def test_a_plan_runs_in_parts(frame, path):
    scan = mydf.scan_parquet(path)
    for lazy, many in (
        (scan.filter(col("x") > 250), True),
        (scan.group_by("k").agg(col("x").sum(), m=col("y").mean()), True),
        (scan.select(n=mydf.len()), True),
        (scan.filter(col("x") > 250).group_by("k").agg(mydf.len()).sort("k").head(2), True),
        (scan.group_by("k").agg(col("y").median()), True),
        (frame.lazy().select("x"), False),
    ):
        parts, join = lazy._split()
        assert len(parts) == (10 if many else 1), lazy.explain()
        results = [pickle.loads(pickle.dumps(part)).collect() for part in parts]
        assert join(results).equals(lazy.collect())
