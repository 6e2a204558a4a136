"""Several extension modules of one distribution: in a process, all have the same runtime."""

import shutil

import pytest

from rtvariants.shim import generated
from rtvariants.shim.table import changed

BOTH = "import sample._core as core, sample._more as more; print(core.NAME, more.NAME)"
TURNED = "import sample._more as more, sample._core as core; print(core.NAME, more.NAME)"
FIRST = {"both": BOTH, "turned": TURNED}


class More:
    """The module `sample._more` next to `sample._core`; its runtimes are copies of the other's."""

    def __init__(self, sample):
        self.folder = sample.folder
        (sample.folder / "sample/__init__.py").write_text("")
        text = (sample.folder / "sample/_core.py").read_text()
        (sample.folder / "sample/_more.py").write_text(text.replace("_sample_", "_sample__more_"))
        shutil.copytree(sample.folder / "_sample_loader", sample.folder / "_sample__more_loader")
        sample.freeze(peers=("_sample__more_loader",))
        rows = []
        for each in sample.table.runtimes:
            package = self.folder / f"_sample__more_{each.name}"
            shutil.copytree(self.folder / f"_sample_{each.name}", package)
            (package / "_core.py").rename(package / "_more.py")
            stamp = package / "rtvariants.stamp"
            stamp.write_bytes(stamp.read_bytes().replace(b"=sample\n", b"=sample._more\n"))
            rows.append(changed(each, module=f"{package.name}._more"))
        table = changed(
            sample.table, package="sample._more", alias="sample._more",
            peers=("_sample_loader",), runtimes=tuple(rows),
        )  # fmt: skip
        for name, text in generated.files([table]).items():
            path = self.folder / "_sample__more_loader" / name
            kept = path.read_text().partition("\n\n_of_natives")
            path.write_text(text + "".join(kept[1:]))

    def damage(self, package):
        path = self.folder / package / "rtvariants.stamp"
        path.write_bytes(path.read_bytes()[:-2])


@pytest.fixture
def more(sample):
    return More(sample)


@pytest.mark.parametrize("order", FIRST)
@pytest.mark.parametrize("wanted", ["fast", "wide", "plain", "auto"])
def test_all_have_what_is_asked_for(sample, more, order, wanted):
    name = "fast" if wanted == "auto" else wanted
    assert sample.lines(FIRST[order], SAMPLE_RUNTIME=wanted) == [f"{name} {name}"]
    assert sample.lines(FIRST[order]) == ["fast fast"]


def test_a_module_follows_the_one_that_has_been_loaded(sample, more):
    more.damage("_sample_fast")
    assert sample.lines(BOTH) == ["plain plain"]


def test_a_module_that_can_not_follow_is_an_error_with_a_way_out(sample, more):
    more.damage("_sample__more_fast")
    done = sample.python("-c", "import sample._core, sample._more")
    assert done.returncode == 1
    said = done.stderr
    assert "SkewedRuntimeError: `fast` for `sample._more` (`sample._core` has loaded it)" in said
    assert "set `SAMPLE_RUNTIME=plain` before the first import: all modules then get it" in said
    assert sample.lines(TURNED) == ["plain plain"]


def test_a_request_that_comes_too_late_is_an_error(sample, more):
    code = "import os, sample._core; os.environ['SAMPLE_RUNTIME'] = 'plain'; "
    done = sample.python("-c", code + "import sample._more")
    assert "`SAMPLE_RUNTIME=plain`: this process has already loaded `fast`" in done.stderr


def test_a_need_holds_for_all(sample, more):
    code = "from _sample__more_loader import require; require(index=64); "
    assert sample.lines(code + BOTH) == ["wide wide"]
    late = "import sample._core; from _sample__more_loader import require; require(index=64)"
    done = sample.python("-c", late)
    assert "this process has already loaded `fast`, which has a 32-bit index" in done.stderr


def test_each_loader_reports_the_common_decision(sample, more):
    code = "import sample._core; from _sample__more_loader import decision as d; "
    assert sample.lines(code + "print(d().chosen.name, d().request.origin)") == [
        "fast `sample._core` has loaded it"
    ]


def test_threads_that_import_both_at_once_get_one_runtime(sample, more):
    code = (
        "import threading, importlib; names = ['sample._core', 'sample._more'] * 8; found = []; "
        "ts = [threading.Thread(target=lambda n=n: found.append(importlib.import_module(n).NAME)) "
        "for n in names]; [t.start() for t in ts]; [t.join() for t in ts]; print(*set(found))"
    )
    assert sample.lines(code) == ["fast"]
    assert sample.lines(code, SAMPLE_RUNTIME="plain") == ["plain"]
