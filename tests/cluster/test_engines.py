"""Frames in Dask, Ray and Spark, by the engines' own means and by Fugue."""

import os
import signal

import pytest

import mydf as md
from mydf.errors import ArgumentError

TABLE = md.DataFrame({"a": list(range(1000)), "b": ["x" * 20, None] * 500})
DOUBLED = TABLE.with_columns(c=md.col("a") * 2)


def doubled(df: md.DataFrame) -> md.DataFrame:
    return df.with_columns(c=md.col("a") * 2)


def no_frame(df: md.DataFrame) -> md.DataFrame:
    return [df]


def once(df, mark):
    """Kill the worker, and return the result when the engine tries again."""
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return doubled(df)


def transformed(function, engine):
    import fugue.api as fa

    out = fa.transform(TABLE, function, schema="*,c:long", engine=engine, as_local=True)
    return md.DataFrame(out).sort("a")


# ------------------------------------------------------------------------ Fugue, in this process


def less(df: md.DataFrame) -> md.DataFrame:
    return df.select("a", "b")


def larger(df: md.DataFrame) -> md.DataFrame:
    return df.with_columns(c=md.col("a") + 2**40)


def test_a_result_without_a_column_of_the_schema_is_explained():
    with pytest.raises(ArgumentError, match="column not found: `c`, which the schema has"):
        transformed(less, None)


def test_a_value_that_the_schema_would_cut_is_an_error():
    import fugue.api as fa

    with pytest.raises(ArgumentError, match="result of the function, with the schema") as caught:
        fa.transform(TABLE, larger, schema="a:long,b:str,c:int")
    assert "cast in the function" in caught.value.hint


# ---------------------------------------------------------------------------------------- Dask


def test_dask_passes_frames_between_processes(dask_client):
    [remote] = dask_client.scatter([TABLE])
    assert dask_client.submit(doubled, remote).result().equals(DOUBLED)


def test_dask_delayed_takes_and_returns_frames(dask_client):
    import dask

    parts = [dask.delayed(doubled)(TABLE[start : start + 250]) for start in range(0, 1000, 250)]
    assert dask.delayed(md.concat)(parts).compute(scheduler=dask_client).equals(DOUBLED)


def test_dask_counts_the_bytes_of_a_frame():
    from dask.sizeof import sizeof

    assert sizeof(TABLE) > 1000 * 8 + 1000 * 16


def test_fugue_on_dask(dask_client):
    assert transformed(doubled, dask_client).equals(DOUBLED)


def test_a_function_that_returns_no_frame_is_named_on_dask(dask_client):
    with pytest.raises(md.errors.ArgumentTypeError, match="a value of type `list`"):
        transformed(no_frame, dask_client)


def test_dask_repeats_the_tasks_of_a_worker_that_is_killed(dask_client, tmp_path):
    futures = [dask_client.submit(once, TABLE, tmp_path / "mark", pure=False) for _ in range(4)]
    assert all(found.equals(DOUBLED) for found in dask_client.gather(futures))
    assert (tmp_path / "mark").exists()


# ----------------------------------------------------------------------------------------- Ray


def test_ray_passes_frames_between_processes(ray):
    reference = ray.put(TABLE)
    assert ray.get(ray.remote(doubled).remote(reference)).equals(DOUBLED)


def test_a_frame_from_rays_store_shares_its_memory(ray):
    import pickle

    import numpy as np

    reference = ray.put(md.DataFrame({"a": list(range(100_000))}))

    def address():
        buffers = []
        pickle.dumps(ray.get(reference), protocol=5, buffer_callback=buffers.append)
        return np.frombuffer(buffers[0], dtype=np.uint8).ctypes.data

    # Both frames lie in the store, at one place.
    assert address() == address()


def test_ray_data_maps_batches(ray):
    data = ray.data.from_arrow(TABLE.to_arrow())
    done = data.map_batches(
        lambda batch: doubled(md.from_arrow(batch)).to_arrow(),
        batch_format="pyarrow",
        zero_copy_batch=True,
    )
    parts = [md.from_arrow(part) for part in done.iter_batches(batch_format="pyarrow")]
    assert md.concat(parts).sort("a").equals(DOUBLED)


def test_fugue_on_ray(ray):
    assert transformed(doubled, "ray").equals(DOUBLED)


def test_ray_repeats_the_task_of_a_worker_that_is_killed(ray, tmp_path):
    assert ray.get(ray.remote(once).remote(TABLE, tmp_path / "mark")).equals(DOUBLED)
    assert (tmp_path / "mark").exists()


# --------------------------------------------------------------------------------------- Spark


def test_spark_maps_arrow_batches(spark):
    def batches(parts):
        for part in parts:
            yield from doubled(md.from_arrow(part)).to_arrow().to_batches()

    data = spark.range(1000).selectExpr("id as a", "cast(null as string) as b")
    found = md.from_arrow(data.mapInArrow(batches, "a long, b string, c long").toArrow())
    assert found.sort("a")["c"].to_list() == DOUBLED["c"].to_list()


def test_fugue_on_spark(spark):
    assert transformed(doubled, spark).equals(DOUBLED)


def test_a_function_that_returns_no_frame_is_named_on_spark(spark):
    with pytest.raises(Exception, match="a value of type `list`"):
        transformed(no_frame, spark)


def test_spark_repeats_the_work_of_a_python_worker_that_is_killed(spark, tmp_path):
    mark = tmp_path / "mark"

    def batches(parts):
        for part in parts:
            yield from once(md.from_arrow(part), mark).to_arrow().to_batches()

    data = spark.range(10).selectExpr("id as a")
    found = md.from_arrow(data.mapInArrow(batches, "a long, c long").toArrow())
    assert found.sort("a")["c"].to_list() == list(range(0, 20, 2))
    assert mark.exists()
