"""Lazy frames over files whose decoded size is several times the memory that they may use."""

import subprocess
import sys

import pytest

import mydf

pytestmark = pytest.mark.slow

ROWS = 500_000
#: Bytes of a file's columns in memory, at least: two of 8 bytes, one of 16 and its texts.
DECODED = 8 * ROWS * (8 + 8 + 16 + 40)
PROGRAM = """
import resource, sys
import mydf
from mydf import col

scan = getattr(mydf, sys.argv[1])(sys.argv[2])
mydf.DataFrame({"a": [1]}).lazy().filter(col("a") > 0).collect()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(CHAIN.rows())
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024)
"""
CHAINS = [
    "scan.filter(col('t').str.ends_with('99')).select(mydf.len(), col('a').max()).collect()",
    "scan.group_by(col('a') % 3).agg(col('b').sum(), col('t').first()).collect()",
    "scan.filter(col('a') > 5).head(2).collect()",
    "scan.select(g=col('a') % 5).unique().collect()",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("large")
    for number in range(8):
        rows = range(number * ROWS, (number + 1) * ROWS)
        frame = mydf.DataFrame({"a": list(rows)}).with_columns(
            b=mydf.col("a") * 0.5, t=mydf.format("a text of more than twelve bytes: {}", "a")
        )
        frame.write_parquet(root / f"{number}.parquet", row_group_size=100_000)
        frame.write_csv(root / f"{number}.csv")
    return root


@pytest.mark.parametrize("chain", CHAINS)
@pytest.mark.parametrize("source", ["scan_parquet *.parquet", "scan_csv *.csv"])
def test_a_collect_needs_a_fraction_of_the_table(source, chain, folder):
    scan, files = source.split()
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.replace("CHAIN", chain), scan, str(folder / files)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    found, bytes_more = done.stdout.splitlines()
    assert found != "[]"
    assert int(bytes_more) < DECODED / 3
