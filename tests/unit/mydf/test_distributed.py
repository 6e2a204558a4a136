"""Plans over several files, in tasks of an executor: the answers of one process, or a reason."""

import os
import random
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

import mydf as md
import mydf.distributed
from mydf.distributed import _collect, _parts, _work
from mydf.errors import ArgumentError, ArgumentTypeError, MissingFileError, PartitionError

NAMES = md.DataFrame({"k": ["a", "b", "c"], "name": ["Anna", "Bob", "Cy"]})
X = md.col("x")
#: What the tasks and this process can do together, from a scan.
PLANS = {
    "rows": lambda scan: scan.filter(X > 90).with_columns(z=X * 2),
    "groups": lambda scan: scan.group_by("k").agg(X.sum(), m=X.mean(), n=md.len()),
    "totals": lambda scan: scan.filter(X > 10).select(X.max(), n=md.len()),
    "verbs after": lambda scan: scan.group_by("k").agg(X.sum()).sort("x").with_columns(h=X / 2),
    "sort": lambda scan: scan.sort("x", "y"),
    "top": lambda scan: scan.sort("x", descending=True).head(7),
    "head": lambda scan: scan.head(150),
    "distinct": lambda scan: scan.unique("k", keep="last"),
    "join": lambda scan: scan.join(NAMES, on="k"),
    "join, groups": lambda scan: scan.join(NAMES, on="k").group_by("name").agg(X.sum()),
    "joins, top": lambda scan: (
        scan.join(NAMES, on="k", how="left").join(NAMES, on="k", how="semi").sort("x").head(3)
    ),
    "join after": lambda scan: scan.group_by("k").agg(X.sum()).join(NAMES, on="k", how="full"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    random.seed(7)
    made = tmp_path_factory.mktemp("table")
    for number in range(4):
        rows = {
            "k": random.choices("abcd", k=100),
            "x": [random.randrange(100) for _ in range(100)],
            "y": [random.randrange(100) for _ in range(100)],
        }
        md.DataFrame(rows).write_parquet(made / f"{number}.parquet", row_group_size=40)
    return made


@pytest.fixture(scope="module")
def pool():
    with ThreadPoolExecutor(2) as made:
        yield made


@pytest.mark.parametrize("name", PLANS)
def test_the_answer_is_that_of_one_process(name, folder, pool):
    plan = PLANS[name](md.scan_parquet(folder))
    found = mydf.distributed.collect(plan, on=pool)
    assert found.schema == plan.schema
    assert found.equals(plan.collect())


@pytest.mark.parametrize(
    ("name", "rows"), [("groups", 4), ("top", 7), ("head", 40), ("distinct", 4), ("totals", 1)]
)
def test_a_task_returns_few_rows(name, rows, folder, monkeypatch):
    monkeypatch.setattr(_parts, "TASK_ROWS", 40)
    parts = _parts.parts_of(PLANS[name](md.scan_parquet(folder)), gather=False)
    assert len(parts.tasks) == 12
    assert all(_work.run(parts.shared, task).frame.height <= rows for task in parts.tasks)


@pytest.mark.parametrize("plan", [
    lambda scan: scan.group_by("k").agg(X.median()),
    lambda scan: scan.tail(3),
    lambda scan: scan.join(NAMES, on="k", how="full"),
    lambda scan: scan.sort("x").group_by("k").agg(X.median()),
])  # fmt: skip
def test_what_needs_all_rows_in_one_place_is_refused_unless_asked_for(plan, folder, pool):
    made = plan(md.scan_parquet(folder))
    with pytest.raises(ArgumentError, match="all rows have to be in one place for `") as error:
        mydf.distributed.collect(made, on=pool)
    assert "gather=True" in error.value.hint
    assert mydf.distributed.collect(made, on=pool, gather=True).equals(made.collect())


def test_row_groups_go_together_up_to_a_number_of_rows(folder, monkeypatch):
    scan = md.scan_parquet(folder)
    assert len(_parts.parts_of(scan, gather=False).tasks) == 4
    monkeypatch.setattr(_parts, "TASK_ROWS", 80)
    tasks = _parts.parts_of(scan, gather=False).tasks
    assert [task.scan[0][0][1] for task in tasks[:2]] == [[0, 1], [2]]
    assert tasks[1].partition.endswith("0.parquet`, row groups 2-2")


def test_files_without_rows_give_the_columns(tmp_path, pool):
    md.DataFrame({"a": [1]}).clear().write_parquet(tmp_path / "a.parquet")
    plan = md.scan_parquet(tmp_path)
    assert mydf.distributed.collect(plan, on=pool).equals(plan.collect())


@pytest.mark.parametrize(("file", "other"), [
    ("0.parquet", {"y": [9, 8], "k": ["a", None], "x": [95, 3]}),
    ("z/2.parquet", {"k": ["a", "e"], "z": [1.5, 2.5], "x": [95, None], "y": [3, 4]}),
    ("0.parquet", None),
], ids=["another order", "more columns", "no rows"])  # fmt: skip
def test_files_of_one_table_may_differ_as_they_may_in_one_process(file, other, tmp_path, pool):
    rows = md.DataFrame({"k": ["a", "b", None], "x": [92, 7, 99], "y": [1, 2, 3]})
    rows.write_parquet(tmp_path / "1.parquet")
    (tmp_path / file).parent.mkdir(exist_ok=True)
    made = rows.clear() if other is None else md.DataFrame(other)
    made.write_parquet(tmp_path / file)
    for columns in (None, ["k", "x", "y"]):
        for name in ("rows", "groups", "totals", "sort", "top", "head", "distinct"):
            plan = PLANS[name](md.scan_parquet(tmp_path, columns=columns))
            found = mydf.distributed.collect(plan, on=pool)
            assert found.schema == plan.schema
            assert found.equals(plan.collect())
            parts, join = plan._split()
            assert join([part.collect() for part in parts]).equals(found)


def test_keys_with_nulls_and_nans_are_groups_as_in_one_process(tmp_path, pool):
    nan = float("nan")
    for number, keys in enumerate([[nan, 0.0, None], [-0.0, None, nan]]):
        (tmp_path / f"p={number}").mkdir()
        md.DataFrame({"k": keys, "x": [1, 2, 3]}).write_parquet(tmp_path / f"p={number}/a.parquet")
    for keys in (["k"], ["p"], ["k", "p"]):
        plan = md.scan_parquet(tmp_path).group_by(*keys).agg(X.sum(), n=md.len())
        found = mydf.distributed.collect(plan, on=pool)
        assert found.equals(plan.collect())
        assert found.height == {"k": 3, "p": 2, "k p": 6}[" ".join(keys)]


@pytest.mark.parametrize("plan", [
    lambda scan: scan.filter(X > 1000),
    lambda scan: scan.filter(X > 1000).group_by("k").agg(X.sum(), m=X.mean()),
    lambda scan: scan.filter(X > 1000).select(s=X.sum(), m=X.mean(), low=X.min(), n=md.len()),
    lambda scan: scan.head(0),
    lambda scan: scan.sort("x").head(0),
])  # fmt: skip
def test_a_plan_that_keeps_no_rows_has_the_answer_of_one_process(plan, folder, pool):
    made = plan(md.scan_parquet(folder))
    found = mydf.distributed.collect(made, on=pool)
    assert found.schema == made.schema
    assert found.equals(made.collect())


def test_any_failure_of_an_executor_names_the_partition(folder, monkeypatch):
    def fails(_plan, task):
        if "2.parquet" in task.partition:
            raise OSError("no disk")
        return run(_plan, task)

    run = _work.run
    monkeypatch.setattr(_work, "run", fails)
    with (
        ThreadPoolExecutor(1) as pool,
        pytest.raises(PartitionError, match=r"partition `.*2\.parquet`: OSError: no disk"),
    ):
        mydf.distributed.collect(md.scan_parquet(folder), on=pool)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_a_forked_process_makes_and_splits_plans(folder):
    def work():
        scan = md.scan_parquet(folder)
        joined = md.concat([scan, scan]).filter(X > 1).join(NAMES, on="k").sort("x").unique("k")
        parts, join = joined.group_by("name").agg(X.sum())._split()
        return join([part.collect() for part in parts]), joined.explain()

    # It starts threads, which the child does not have.
    answer = work()
    child = os.fork()
    if not child:
        # Ends a child that waits for them.
        signal.alarm(20)
        same = False
        try:
            found = work()
            same = found[0].equals(answer[0]) and found[1] == answer[1]
        finally:
            os._exit(0 if same else 1)
    assert os.waitpid(child, 0)[1] == 0


def test_an_executor_that_is_shut_down_is_an_error(folder):
    with ThreadPoolExecutor(1) as pool:
        pass
    with pytest.raises(PartitionError, match=r"partition `.*0\.parquet`: RuntimeError: .*shutdown"):
        mydf.distributed.collect(md.scan_parquet(folder), on=pool)


def test_a_client_of_dask_that_does_not_wait_is_refused(folder):
    kind = type("Client", (), {"scheduler_info": None, "asynchronous": True})
    kind.__module__ = "distributed.client"
    with pytest.raises(ArgumentError, match="`asynchronous=True`"):
        mydf.distributed.collect(md.scan_parquet(folder), on=kind())


def test_an_empty_folder_is_an_error(tmp_path):
    with pytest.raises(MissingFileError):
        md.scan_parquet(tmp_path)


def test_a_file_that_changes_before_its_task_runs_is_named(tmp_path):
    for name in ("a", "b"):
        md.DataFrame({"x": [1]}).write_parquet(tmp_path / f"{name}.parquet")
    parts = _parts.parts_of(md.scan_parquet(tmp_path), gather=False)
    md.DataFrame({"x": ["text"]}).write_parquet(tmp_path / "b.parquet")
    with pytest.raises(PartitionError, match=r"partition `.*b\.parquet`: column `x` is String, in"):
        _collect._frame(parts, _work.run(parts.shared, parts.tasks[1]))
    (tmp_path / "b.parquet").write_bytes(b"no Parquet")
    with pytest.raises(PartitionError, match=r"b\.parquet`, worker .*, process \d+: ") as error:
        _collect._frame(parts, _work.run(parts.shared, parts.tasks[1]))
    assert "process" in error.value.worker


def test_a_worker_of_another_version_is_named(folder):
    parts = _parts.parts_of(md.scan_parquet(folder), gather=False)
    outcome = _work.run(parts.shared, parts.tasks[0]._replace(version="9.9"))
    assert outcome.fact.endswith("the client has 9.9")


def test_other_things_than_plans_and_engines_are_refused(folder, pool):
    scan = md.scan_parquet(folder)
    with pytest.raises(ArgumentTypeError, match="on: a value of type `int`"):
        mydf.distributed.collect(scan, on=3)
    with pytest.raises(ArgumentTypeError, match="lazy: a value of type `DataFrame`"):
        mydf.distributed.collect(NAMES, on=pool)
    with pytest.raises(ArgumentError, match="plan with 0 scans") as error:
        mydf.distributed.collect(NAMES.lazy(), on=pool)
    assert "scan_parquet" in error.value.hint
    with pytest.raises(ArgumentError, match="plan with 2 scans"):
        mydf.distributed.collect(scan.join(scan, on="k"), on=pool)
