"""`mydf.distributed` over the flights of 2013 and db-benchmark's tables: one process's answers."""

import functools
import math
import sys
from pathlib import Path

import pytest

import mydf as md
import mydf.distributed
from mydf.errors import ArgumentError

ROOT = Path(__file__).parents[2]
FLIGHTS = ROOT / "target" / "demo" / "nycflights13"
ROWS = 100_000
FILES = 8


@pytest.fixture(scope="module", params=["dask_client", "ray"])
def engine(request):
    return request.getfixturevalue(request.param)


def close(one, other):
    """Return whether values are equal, or floats that were added in another order."""
    return one == other or (
        isinstance(one, float)
        and isinstance(other, float)
        and math.isclose(one, other, rel_tol=1e-12)
    )


def check(found, expected, ordered=False):
    assert found.schema == expected.schema
    assert found.height == expected.height > 0
    if not ordered:
        # Floats come last: their last digits may differ.
        names = sorted(found.columns, key=lambda name: found.schema[name] == md.Float64)
        found, expected = found.sort(*names), expected.sort(*names)
    for name in found.columns:
        pairs = zip(found[name].to_list(), expected[name].to_list(), strict=True)
        assert [pair for pair in pairs if not close(*pair)] == [], name


def split(frame, folder):
    """Write a frame as files of equal length, and return the plan that reads them."""
    folder.mkdir()
    step = -(-frame.height // FILES)
    for number in range(FILES):
        part = frame[number * step : (number + 1) * step]
        part.write_parquet(folder / f"{number}.parquet")
    return md.scan_parquet(folder)


@functools.cache
def csv(name):
    if not FLIGHTS.is_dir():
        pytest.skip(f"THE FLIGHTS ARE NOT THERE: `python3 dev.py cluster` fetches {FLIGHTS}")
    return md.read_csv(FLIGHTS / f"{name}.csv", null_values=["NA"])


def test_the_flights_job_has_the_answer_of_one_process(engine, tmp_path):
    rain = csv("weather").select("origin", "time_hour", (md.col("precip") > 0).alias("rain"))
    delay = md.col("dep_delay")

    def job(flights):
        joined = flights.filter(delay.is_not_null()).join(csv("airlines"), on="carrier", how="left")
        joined = joined.join(rain, on=["origin", "time_hour"], how="inner")
        by_weather = joined.group_by("name", "rain")
        by_weather = by_weather.agg(delay.count().alias("flights"), delay.mean().alias("delay"))
        return by_weather.sort("delay", descending=True)

    flights = csv("flights")
    plan = job(split(flights, tmp_path / "flights"))
    found = mydf.distributed.collect(plan, on=engine)
    check(found, job(flights), ordered=True)
    assert found.height == 31
    assert plan.collect().equals(job(flights))


@functools.cache
def table(name):
    import numpy as np

    sys.path.insert(0, str(ROOT / "benches"))
    from _peers import data

    random = np.random.default_rng(108)
    made = {"group": data.group, "numbers": data.numbers}
    tables = data.joins(ROWS, random) if name not in made else {name: made[name](ROWS, random)}
    return md.from_arrow(tables[name])


@pytest.fixture(scope="module")
def scanned(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables")
    return functools.cache(lambda name: split(table(name), folder / name))


QUESTIONS = ["gb_q1", "gb_q2", "gb_q3", "gb_q5", "gb_q7", "jn_q1", "jn_q2", "jn_q3", "jn_q4"]
QUESTIONS += ["jn_q5", "filter_50", "sort_df", "fused_expr", "str_contains"]


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_task_of_the_benches_has_the_answer_of_one_process(engine, scanned, question):
    sys.path.insert(0, str(ROOT / "benches"))
    from _peers import data, with_mydf

    needs, ordered = data.TASKS[question]

    def ask(large):
        # A left or only table is distributed; the right one of a join goes to every worker.
        inputs = {
            key: large(name) if key in ("t", "x") else table(name)
            for key, (name, _) in needs.items()
        }
        return with_mydf.task(question, inputs, ROOT)()

    check(mydf.distributed.collect(ask(scanned), on=engine), ask(table), ordered)


V = [md.col("v1"), md.col("v2"), md.col("v3")]


def test_other_questions_of_db_benchmark_have_the_answers_of_one_process(engine, scanned):
    def ask(group):
        yield group.group_by("id4").agg(*(v.mean() for v in V))
        keys = ["id1", "id2", "id3", "id4", "id5", "id6"]
        yield group.group_by(*keys).agg(V[2].sum(), n=V[0].count())

    for plan, expected in zip(ask(scanned("group")), ask(table("group")), strict=True):
        check(mydf.distributed.collect(plan, on=engine), expected)


def test_a_median_is_refused_and_comes_with_gather(engine, scanned):
    def ask(group):
        return group.group_by("id4", "id5").agg(V[2].median().alias("m"), V[2].std().alias("s"))

    with pytest.raises(ArgumentError, match="all rows have to be in one place"):
        mydf.distributed.collect(ask(scanned("group")), on=engine)
    found = mydf.distributed.collect(ask(scanned("group")), on=engine, gather=True)
    check(found, ask(table("group")))
