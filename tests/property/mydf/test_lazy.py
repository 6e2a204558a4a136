"""Random chains of verbs give the same rows lazily, over a frame and over files, as eagerly."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import mydf
from mydf import col

# Halves, so that sums don't depend on the order of the rows.
HALVES = st.none() | st.integers(-8, 8).map(lambda each: each / 2) | st.just(float("nan"))
ROWS = st.lists(
    st.tuples(
        st.none() | st.sampled_from(["a", "b", "", "a text beyond the view"]),
        st.none() | st.integers(-5, 5),
        HALVES,
    ),
    max_size=30,
)
PREDICATES = st.sampled_from(
    [
        col("x") > 1,
        col("x") != 0,
        col("x").is_null(),
        (col("x") >= -2) & (col("k") == "a"),
        (col("y") > 0.5) | col("k").is_in(["b", ""]),
        ~(col("y") <= 1),
        col("y").is_between(-1, 2),
        col("x") > col("y"),
        col("x") // 2 == 1,
        col("x") > col("x").mean(),
        mydf.lit(True),
    ]
)
VERBS = st.one_of(
    PREDICATES.map(lambda kept: lambda f: f.filter(kept)),
    st.integers(0, 12).map(lambda n: lambda f: f.head(n)),
    st.tuples(st.integers(0, 6), st.integers(0, 9)).map(lambda w: lambda f: f.slice(*w)),
    st.integers(0, 5).map(lambda n: lambda f: f.tail(n)),
    st.sampled_from(
        [
            lambda f: f.with_columns(x=col("x") + 1),
            lambda f: f.with_columns(z=col("x") * 2, w=col("x") * 2 + 1).drop("z", "w"),
            lambda f: f.with_columns(y=col("y").cum_sum()),
            lambda f: f.select("y", "k", "x"),
            lambda f: f.select(k="k", x=col("x") - 1, y=mydf.lit(0.5)),
            lambda f: f.rename({"x": "y", "y": "x"}).select("k", x=col("y"), y=col("x")),
            lambda f: f.sort("x", "k", descending=[True, False], nulls_last=True),
            lambda f: f.unique(["k", "x"]),
            lambda f: f.unique("k", keep="last"),
            lambda f: f.unique("x", keep="none"),
            lambda f: f.drop_nulls("x"),
            lambda f: f.group_by("k", "x").agg(col("y").sum()),
            lambda f: f.group_by("k").agg(col("x").max(), y=col("y").mean()),
            lambda f: f.group_by("k").agg(x=mydf.len(), y=col("y").median()),
            lambda f: f.select(k=col("k").first(), x=col("x").sum(), y=col("y").min()),
            lambda f: mydf.concat([f.head(3), f.filter(col("x") > 0)]),
            lambda f: f.join(f.select("k", w="y").unique("k"), on="k", how="left").drop("w"),
            lambda f: f.join(f.select("x").head(2), on="x", how="semi"),
            lambda f: f.join(f.unique("x"), on="x").select("k", "x", y="y_right"),
        ]
    ),
)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("lazy") / "x.parquet"


@given(rows=ROWS, verbs=st.lists(VERBS, max_size=5), size=st.integers(1, 12))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_chains_give_the_same_rows(rows, verbs, size, path):
    columns = {name: [row[at] for row in rows] for at, name in enumerate("kxy")}
    schema = {"k": mydf.String, "x": mydf.Int64, "y": mydf.Float64}
    eager = mydf.DataFrame(columns, schema)
    eager.write_parquet(path, row_group_size=size)
    lazies = [eager.lazy(), mydf.scan_parquet(path)]
    for verb in verbs:
        eager = verb(eager)
        lazies = [verb(lazy) for lazy in lazies]
    for lazy in lazies:
        assert lazy.schema == eager.schema
        assert lazy.collect().equals(eager), lazy.explain()
