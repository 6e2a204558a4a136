"""docs/examples/flights.py compared with the same job in plain Python."""

import csv
import importlib.util
from collections import defaultdict

import pytest


@pytest.fixture(scope="module")
def example(root):
    path = root / "docs" / "examples" / "flights.py"
    spec = importlib.util.spec_from_file_location("example_flights", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def records(path):
    with path.open(newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


@pytest.fixture(scope="module")
def by_hand(flights_data):
    """Return the totals and the table, computed row by row."""
    airlines = {row["carrier"]: row["name"] for row in records(flights_data / "airlines.csv")}
    rain = {
        (row["origin"], row["time_hour"]): float(row["precip"]) > 0
        for row in records(flights_data / "weather.csv")
    }
    scheduled = departed = known = 0
    delays = defaultdict(lambda: {True: [], False: []})
    for row in records(flights_data / "flights.csv"):
        scheduled += 1
        if row["dep_delay"] == "NA":
            continue
        departed += 1
        hour = (row["origin"], row["time_hour"])
        if hour in rain:
            known += 1
            delays[airlines[row["carrier"]]][rain[hour]].append(int(row["dep_delay"]))
    table = []
    for name, lists in delays.items():
        if lists[True] and lists[False]:
            dry, wet = (sum(lists[key]) / len(lists[key]) for key in (False, True))
            table.append((name, len(lists[False]), dry, len(lists[True]), wet, wet - dry))
    table.sort(key=lambda row: -row[-1])
    return (scheduled, departed, known), table


def test_the_example_expects_the_totals_of_plain_python(example, by_hand):
    assert by_hand[0] == (example.SCHEDULED, example.DEPARTED, example.WEATHER_KNOWN)


def test_the_example_gives_the_table_of_plain_python(example, by_hand, flights_data, tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    parquet = example.to_parquet(flights_data, tmp_path)
    frame = example.delays(example.departures(parquet, flights_data))
    table = pyarrow.table(frame)
    assert table.column_names == [
        "name", "dry flights", "dry delay", "wet flights", "wet delay", "cost of rain"
    ]  # fmt: skip
    found = list(zip(*(column.to_pylist() for column in table.columns), strict=True))
    expected = by_hand[1]
    assert [row[0] for row in found] == [row[0] for row in expected]
    for row, right in zip(found, expected, strict=True):
        assert row[1] == right[1]
        assert row[3] == right[3]
        assert row[2] == pytest.approx(right[2], rel=1e-12)
        assert row[4] == pytest.approx(right[4], rel=1e-12)
        assert row[5] == pytest.approx(right[5], rel=1e-9)


def test_a_wrong_total_ends_the_example(example):
    with pytest.raises(SystemExit, match=r"flights: 1, expected 2"):
        example.expect("flights", 1, 2)
