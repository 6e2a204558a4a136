"""Operations that do not fit into memory raise MemoryError; the process goes on."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import mydf as md
from mydf import errors

# A process with little memory to spare, so that the limit does not hold for the tests themselves.
# jemalloc takes its own part of what is left and does not give it back, so there the limit is
# wider, and only what exceeds it by far is tried: results, which are counted first. The parts of a
# result that threads make at the same time are counted apart: each has to exceed the limit alone.
CHILD = """
import resource
import numpy as np
import mydf as md

n = 1_000_000
frame = md.DataFrame({"a": np.arange(n), "b": np.arange(n) % 7})
zeros = np.zeros(20_000, "i8")
few = md.DataFrame({"k": zeros, "v": zeros})
operations = {
    "join": lambda: few.join(few, on="k"),
    "left join": lambda: few.join(few, on="k", how="left"),
    "join of unique keys": lambda: frame.join(frame, on="a"),
    "concat": lambda: md.concat([frame] * 50),
    "literals": lambda: frame.with_columns(**{f"c{i}": md.lit(i) for i in range(50)}),
    "arithmetic": lambda: frame.select(**{f"c{i}": md.col("a") * i + 1 for i in range(50)}),
    "sort": lambda: frame.sort("b", "a", descending=True),
    "group_by": lambda: frame.group_by("a").agg(md.col("b").sum()),
    "unique": lambda: frame.unique("a"),
    "filter": lambda: frame.filter(md.col("a") > 0),
    "mask": lambda: frame.filter(frame["a"] > 0),
    "cast": lambda: [frame["a"].cast(md.Float64) for _ in range(50)],
    "to_numpy": lambda: frame["a"].to_numpy(),
    "to_list": lambda: frame["a"].to_list(),
    "long texts": lambda: frame.select(md.lit("x" * 1_000_000) + "y" + md.col("a").cast(md.String)),
}
BEYOND = ["join", "left join", "concat", "literals", "arithmetic", "long texts"]
room = 4 << 20
if md.runtime().allocator == "jemalloc":
    room = 128 << 20
    operations = {name: operations[name] for name in BEYOND}
# The threads, and what the library sets up once.
frame.select(md.col("a") + 1).sort("a").group_by(md.col("a") % 3).agg(md.len())
for name, operation in operations.items():
    used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + room, resource.RLIM_INFINITY))
    try:
        operation()
        # What needs little may find memory that was used before.
        if name in (*BEYOND, "cast"):
            print(name, "is done")
    except MemoryError as error:
        if type(error).__name__ != "OutOfMemoryError":
            print(name, repr(error))
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY,) * 2)
    assert frame.filter(md.col("a") < 3).height == 3
print("alive")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the limit of the address space is Linux's")
def test_operations_beyond_the_limit_are_memory_errors():
    run = subprocess.run([sys.executable, "-c", CHILD], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (0, "alive\n"), run.stderr


def test_a_join_that_no_machine_holds_is_refused_before_it_starts():
    # 60,000 times 60,000 rows are within the limit of a 32-bit index.
    many = md.DataFrame({"k": [1] * 60_000, **{f"c{i}": [1.5] * 60_000 for i in range(40)}})
    with pytest.raises(errors.OutOfMemoryError, match=r"memory for join: 2\.\d TiB") as caught:
        many.join(many, on="k")
    assert isinstance(caught.value, MemoryError)
    assert caught.value.operation == "join"
    assert caught.value.bytes > 2**41
    assert "multiply the rows" in caught.value.hint


# Results of eight megabytes and one of two hundred.
DROPPING = """
import time
import numpy as np
import mydf as md

def used():
    line = next(line for line in open("/proc/self/status") if line.startswith("VmRSS"))
    return int(line.split()[1]) >> 10

frame = md.DataFrame({"a": np.arange(1_000_000)})
frame.select(md.col("a") + 1)
before = used()
many = [frame.select(md.col("a") + n) for n in range(25)]
large = md.concat([frame] * 25)
assert used() > before + 300, (before, used())
del many, large
end = time.monotonic() + 15
while used() > before + 40 and time.monotonic() < end:
    time.sleep(0.1)
print(before, used(), "back" if used() <= before + 40 else "kept")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_of_dropped_frames_goes_back_to_the_system_while_nothing_runs() -> None:
    if md.runtime().allocator == "system":
        pytest.skip("the system's allocator keeps memory by rules of its own")
    child = subprocess.run(
        [sys.executable, "-c", DROPPING], capture_output=True, text=True, check=False
    )
    assert child.stdout.endswith("back\n"), child.stdout + child.stderr


HUGE = Path("/sys/kernel/mm/transparent_hugepage/enabled")


@pytest.mark.skipif(
    not HUGE.exists() or "[never]" in HUGE.read_text("ascii"),
    reason="this system gives no huge pages",
)
def test_large_columns_lie_in_huge_pages() -> None:
    rows = 8_000_000
    frame = md.DataFrame({"a": np.arange(rows)})

    def huge() -> int:
        lines = Path("/proc/self/smaps_rollup").read_text("ascii").splitlines()
        line = next(line for line in lines if line.startswith("AnonHugePages"))
        return int(line.split()[1]) << 10

    before = huge()
    more = frame.select(md.col("a") + 1)
    # Both ends are in small pages, and the machine may have had too few huge ones.
    assert huge() - before > 8 * rows // 2
    assert more.height == rows
