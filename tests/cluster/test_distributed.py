"""`mydf.distributed` on Dask and Ray: answers, mixed runtimes, and workers that fail."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time

import pytest

import mydf as md
import mydf.distributed
from mydf.errors import PartitionError

X = md.col("x")
NAMES = md.DataFrame({"k": ["a", "b", "c"], "name": ["Anna", "Bob", "Cy"]})


@pytest.fixture(scope="module")
def scan(tmp_path_factory):
    random.seed(7)
    made = tmp_path_factory.mktemp("table")
    for number in range(12):
        rows = {"k": random.choices("abcd", k=1000), "x": random.choices(range(100), k=1000)}
        md.DataFrame(rows).write_parquet(made / f"{number:02}.parquet")
    return md.scan_parquet(made)


def plans(scan):
    yield scan.filter(X > 10).group_by("k").agg(X.sum(), m=X.mean(), n=md.len()).sort("k")
    yield scan.join(NAMES, on="k").group_by("name").agg(X.max())
    yield scan.sort("x", descending=True).head(10)


def test_dask_gives_the_answers_of_one_process(dask_client, scan):
    for plan in plans(scan):
        assert mydf.distributed.collect(plan, on=dask_client).equals(plan.collect())


def test_ray_gives_the_answers_of_one_process(ray, scan):
    for plan in plans(scan):
        assert mydf.distributed.collect(plan, on=ray).equals(plan.collect())


@pytest.mark.parametrize("engine", ["dask_client", "ray"])
def test_a_worker_may_be_killed_in_the_middle(engine, scan, monkeypatch, tmp_path, request):
    from mydf.distributed import _engines

    run = _engines._work.run

    def deadly(plan, task):
        mark = tmp_path / "mark"
        if not mark.exists() and "05.parquet" in task.partition:
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return run(plan, task)

    on = request.getfixturevalue(engine)
    monkeypatch.setattr(_engines._work, "run", deadly)
    for plan in plans(scan):
        (tmp_path / "mark").unlink(missing_ok=True)
        assert mydf.distributed.collect(plan, on=on).equals(plan.collect())
        assert (tmp_path / "mark").exists()


@pytest.fixture
def cluster(tmp_path):
    """Yield a client of a scheduler, and a function that starts a worker.

    It takes a command that runs the worker, such as an emulator, and environment variables.
    """
    pytest.importorskip("distributed")
    from distributed import Client, LocalCluster

    workers = []

    def start(*under, **env):
        command = [*under, sys.executable, "-m", "dask", "worker", cluster.scheduler_address]
        command += ["--no-nanny", "--nthreads", "1", "--no-dashboard"]
        env = {**os.environ, **env}
        workers.append(subprocess.Popen(command, env=env, cwd=tmp_path))
        while len(client.scheduler_info()["workers"]) < len(workers):
            assert workers[-1].poll() is None, "the worker ended before it was there"
            time.sleep(0.1)

    with (
        LocalCluster(n_workers=0, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        yield client, start
    for worker in workers:
        worker.kill()
        worker.wait()


def test_workers_with_different_runtimes_give_the_same_answer(cluster, scan):
    client, start = cluster
    runtimes = ["rt32", "rt64", "rtcompat"]
    for runtime in runtimes:
        start(MYDF_RUNTIME=runtime)
    names = client.run(eval, "__import__('mydf').runtime().name")
    assert sorted(names.values()) == runtimes
    for plan in plans(scan):
        assert mydf.distributed.collect(plan, on=client).equals(plan.collect())


def test_a_runtime_that_a_worker_cannot_run_is_named(cluster, scan):
    client, start = cluster
    start(MYDF_RUNTIME="rt99")
    with pytest.raises(PartitionError, match=r"worker tcp://.*rt99"):
        mydf.distributed.collect(scan, on=client)


# A CPU without AVX2, which rt32 needs.
NEHALEM = ["qemu-x86_64", "-cpu", "Nehalem"]
emulated = pytest.mark.skipif(
    shutil.which(NEHALEM[0]) is None,
    reason="qemu-x86_64 IS NOT INSTALLED: `apt-get install qemu-user`",
)


@emulated
def test_a_worker_with_an_older_cpu_takes_part_with_the_runtime_that_fits_it(cluster, scan):
    client, start = cluster
    start()
    start(*NEHALEM)
    names = client.run(eval, "__import__('mydf').runtime().name")
    assert sorted(names.values()) == ["rt32", "rtcompat"]
    for plan in plans(scan):
        assert mydf.distributed.collect(plan, on=client).equals(plan.collect())


@emulated
def test_a_runtime_that_the_cpu_of_a_worker_cannot_run_is_named(cluster, scan):
    client, start = cluster
    start(*NEHALEM, MYDF_RUNTIME="rt32")
    with pytest.raises(PartitionError, match=r"worker tcp://.*rt32") as caught:
        mydf.distributed.collect(scan, on=client)
    assert "avx2" in str(caught.value)


def test_a_worker_without_mydf_is_named(cluster, scan, tmp_path):
    client, start = cluster
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.modules['mydf'] = None\n")
    start(PYTHONPATH=str(tmp_path))
    with pytest.raises(PartitionError, match=r"worker tcp://.*: it has no mydf"):
        mydf.distributed.collect(scan, on=client)


def test_a_worker_with_another_version_is_named(cluster, scan, tmp_path):
    client, start = cluster
    (tmp_path / "mydf").mkdir()
    fake = "class runtime:\n    name = 'rt32'\n__version__ = '9.9'\n"
    (tmp_path / "mydf/__init__.py").write_text(fake)
    start(PYTHONPATH=str(tmp_path))
    with pytest.raises(PartitionError, match=r"worker tcp://.*: it has mydf 9\.9, the client has"):
        mydf.distributed.collect(scan, on=client)


def test_a_task_that_kills_every_worker_is_named(ray, scan, monkeypatch):
    from mydf.distributed import _engines

    def deadly(_plan, _task):
        time.sleep(0.1)
        os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setattr(_engines._work, "run", deadly)
    with pytest.raises(PartitionError, match=r"partition `.*00\.parquet`: WorkerCrashedError"):
        mydf.distributed.collect(scan, on=ray)
