"""Engines for tests with real clusters; only `python3 dev.py cluster` collects them."""

import importlib.util
import os
import shutil
import sys

import pytest

# They start clusters for minutes, and need an environment with the engines.
collect_ignore_glob = [] if os.environ.get("MYDF_CLUSTER") else ["*.py"]

# How long the engines wait for processes of their own: their defaults are too short for a machine
# that does other work.
SLOW_MACHINE = {
    "dask": {
        "distributed.comm.timeouts.connect": "300s",
        "distributed.comm.timeouts.tcp": "300s",
    },
    "ray": {
        "RAY_raylet_start_wait_time_s": "300",
        "RAY_worker_register_timeout_seconds": "300",
        "RAY_health_check_failure_threshold": "60",
    },
    "spark": {"SPARK_AUTH_SOCKET_TIMEOUT": "300"},
}


def _needs(module):
    if importlib.util.find_spec(module) is None:
        pytest.skip(f"{module} IS NOT INSTALLED: tests/cluster/requirements.txt has it")


@pytest.fixture(scope="module")
def dask_client():
    """Return a client of two worker processes of Dask."""
    _needs("distributed")
    import dask
    from distributed import Client, LocalCluster

    with (
        dask.config.set(SLOW_MACHINE["dask"]),
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def ray():
    """Return the module `ray`, connected to a cluster of its own with two processors."""
    _needs("ray")
    os.environ.update(SLOW_MACHINE["ray"])
    import ray

    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    yield ray
    ray.shutdown()


@pytest.fixture(scope="module")
def spark():
    """Return a session of Spark."""
    _needs("pyspark")
    if shutil.which("java") is None:
        pytest.skip("java IS NOT INSTALLED: `apt-get install openjdk-17-jre-headless`")
    from pyspark.sql import SparkSession

    # Otherwise Spark starts the first `python3` on the path for its workers.
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ.update(SLOW_MACHINE["spark"])
    # Two tasks at a time, and a task that fails is tried twice more.
    session = SparkSession.builder.master("local[2,3]").config("spark.ui.enabled", "false")
    session = session.config("spark.python.authenticate.socketTimeout", "300s").getOrCreate()
    yield session
    session.stop()
