"""What one runtime of mydf says, every other one understands: exports, and pickles of frames."""

import json
import os
import subprocess
import sys

import pytest

mydf = pytest.importorskip("mydf")

TELL = """
import json, sys, mydf
core = sys.modules["mydf._core"]
def tell(item):
    signature = getattr(item, "__text_signature__", None)
    return [type(item).__name__, signature, item.__doc__ if callable(item) else repr(item)]
found = {}
for name, item in vars(core).items():
    if name.startswith("__"):
        continue
    found[name] = tell(item)
    for member, value in vars(item).items() if isinstance(item, type) else ():
        if member not in ("__doc__", "__module__"):
            found[f"{name}.{member}"] = tell(getattr(item, member))
print(json.dumps([mydf.runtime().name, found]))
"""


PASS_ON = """
import datetime, pickle, sys, mydf
from mydf import *
DTYPES = [Bool, Int8, Int16, Int32, Int64, UInt8, UInt16, UInt32, UInt64, Float32, Float64, String]
when = datetime.datetime(2013, 1, 2, 3, 4, 5, 678901)
plain = DataFrame({
    "n": [1, None, 0], "text": ["", None, "\u00e9\U0001f600"],
    "day": [when.date(), None, when.date()], "time": [None, when, when],
    "nothing": [None, None, None], "nan": [float("nan"), 0.1, None],
})
frame = plain.with_columns(*[col("n").cast(each).alias(str(each)) for each in DTYPES])
kinds = (DataFrame, Series, Expr, mydf._core.Frame)
things = (frame, frame.filter(col("n") > 1), frame["text"], *kinds)
data = sys.stdin.buffer.read()
if data:
    assert b"_mydf_rt" not in data
    found = pickle.loads(data)
    assert found[3:] == things[3:]
    for one, other in zip(found[:3], things[:3]):
        assert type(one) is type(other) and repr(one) == repr(other)
        assert one.equals(other) if isinstance(one, DataFrame) else list(one) == list(other)
    things = found
sys.stderr.write(mydf.runtime().name)
sys.stdout.buffer.write(pickle.dumps(things, protocol=int(sys.argv[1])))
"""


def run(name, code, *argv, data=None):
    """Run code with a runtime; `None` where this CPU can't run it."""
    done = subprocess.run(
        [sys.executable, "-c", code, *argv], env=os.environ | {"MYDF_RUNTIME": name},
        input=data, capture_output=True, check=False,
    )  # fmt: skip
    if done.returncode and b"can't run here" in done.stderr:
        return None
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


@pytest.fixture(scope="module")
def runnable():
    from _mydf_loader.table import TABLE

    return [name for name in TABLE.names() if run(name, "import mydf") is not None]


@pytest.fixture(scope="module")
def exports(runnable):
    found = {name: json.loads(run(name, TELL)) for name in runnable}
    assert [chosen for chosen, _ in found.values()] == runnable
    return {name: said for name, (_, said) in found.items()}


def differing(exports):
    """Return each name whose kind, signature or text is not the same in all runtimes."""
    names = sorted(set().union(*exports.values()))
    return [name for name in names if len({str(each.get(name)) for each in exports.values()}) > 1]


def test_all_runtimes_export_the_same(exports):
    assert len(exports) > 1
    one = next(iter(exports.values()))
    assert len(one) > 50
    assert one["read_parquet"][1] == "(path, columns, n_rows)"
    assert one["Frame.group_by"][1] == "($self, keys, aggs)"
    assert differing(exports) == []


def test_a_difference_is_detected(exports):
    changed = {name: dict(found) for name, found in exports.items()}
    first, *_, last = changed.values()
    del first["Series.to_list"]
    last["Frame.group_by"] = ["method_descriptor", "($self, keys)", None]
    last["invented"] = ["int", None, "1"]
    assert differing(changed) == ["Frame.group_by", "Series.to_list", "invented"]


@pytest.mark.parametrize("protocol", ["2", "5"])
def test_frames_and_classes_travel_between_all_runtimes(runnable, protocol):
    data = b""
    for name in (*runnable, *runnable[:1]):
        data = run(name, PASS_ON, protocol, data=data)
    assert len(data) > 1000


def test_a_frame_that_changes_on_the_way_is_detected(runnable):
    data = run(runnable[0], PASS_ON, "2", data=b"")
    changed = PASS_ON.replace("frame = plain", "plain = plain.head(2)\nframe = plain")
    with pytest.raises(AssertionError, match="AssertionError"):
        run(runnable[-1], changed, "2", data=data)
