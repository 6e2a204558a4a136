"""The quick path answers as `decide` does, or leaves it to it: generated machines and requests."""

import os
import sys

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from rtvariants import loader
from rtvariants.loader import host as hosts
from rtvariants.loader.decide import decide
from rtvariants.loader.errors import RuntimeSelectionError
from rtvariants.loader.facts import Need
from rtvariants.loader.request import read_request
from rtvariants.shim import generated

from .test_decide import FLAGS, TABLES, WIDTHS

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the quick path is Linux's")

KEYS = {"x86_64": "flags\t\t", "aarch64": "Features\t"}
TRIPLETS = ["x86_64-linux-gnu", "x86_64-linux-musl", "aarch64-linux-gnu", "riscv64-linux-gnu", ""]


@st.composite
def cpuinfos(draw):
    """The text of /proc/cpuinfo, mostly as kernels write it; `None` for none at all."""
    key = KEYS[draw(st.sampled_from(["x86_64"] * 5 + ["aarch64"]))]
    chosen = draw(st.just(FLAGS) | st.lists(st.sampled_from(FLAGS)))
    block = f"processor\t: 0\n{key}: {' '.join(chosen)}\nbugs\t\t: {' '.join(FLAGS)}\n\n"
    text = f"{block}processor\t: 1\n{key}: {' '.join(FLAGS)}\n\n"
    cut = draw(st.just(len(text)) | st.integers(0, len(text)))
    return draw(
        st.sampled_from([text[:cut].encode()] * 6 + [None, text.replace(key, "x").encode()])
    )


ENVS = st.just({}) | st.dictionaries(
    st.sampled_from(["P_RUNTIME", "P_RUNTIME_UNSAFE"]),
    st.sampled_from(["", "0", "1", "auto", "r0", "r1", "r9"]),
)
WORLDS = st.fixed_dictionaries({
    "table": TABLES,
    "cpuinfo": cpuinfos(),
    "triplet": st.sampled_from(TRIPLETS[:1] * 6 + TRIPLETS),
    "bits": st.sampled_from([63, 63, 63, 31]),
    "system": st.sampled_from(["linux"] * 6 + ["darwin"]),
    "env": ENVS,
    "index": st.none() | st.sampled_from(WIDTHS),
})  # fmt: skip


def answers(world, folder):
    """Return what the quick path takes and what `decide` chooses; as modules, or `None`."""
    path = folder / "cpuinfo"
    path.unlink(missing_ok=True)
    if world["cpuinfo"] is not None:
        path.write_bytes(world["cpuinfo"])
    need = world["index"] and Need(index_bits=world["index"], origin="test")
    table = world["table"]
    with pytest.MonkeyPatch.context() as patch:
        for module in (hosts, loader):
            patch.setattr(module, "CPUINFO", str(path))
        for name, value in generated.facts([table]).items():
            patch.setattr(loader, name, value)
        patch.setattr(loader, "_need", need)
        patch.setattr(sys, "platform", world["system"])
        patch.setattr(sys, "maxsize", 2 ** world["bits"] - 1)
        patch.setattr(sys.implementation, "_multiarch", world["triplet"], raising=False)
        patch.setattr(os, "environ", world["env"])
        quick = loader._preferred()
        host = hosts.kernel_host()
        try:
            chosen = decide(table, host, read_request(table, need)).chosen
        except RuntimeSelectionError:
            chosen = None
    known = host.features is not None
    return quick and quick[0], chosen and chosen.module, known


def never_another_answer(world, folder):
    quick, chosen, _ = answers(world, folder)
    assert quick in (None, chosen)


def the_ordinary_case_is_quick(world, folder):
    quick, chosen, known = answers(world, folder)
    first = next((each for each in world["table"].runtimes if each.select == "auto"), None)
    # Where nothing is known about the CPU, the guard decides, which takes the long way.
    plain = not world["env"] and world["index"] is None and world["triplet"]
    plain = plain and (known or not (first and first.needs))
    if plain and first is not None and chosen == first.module and world["system"] == "linux":
        assert quick == chosen


PROPERTIES = [never_another_answer, the_ordinary_case_is_quick]


@pytest.mark.parametrize("holds", PROPERTIES, ids=lambda p: p.__name__)
def test(holds, tmp_path):
    @settings(max_examples=400)
    @given(WORLDS)
    def run(world):
        holds(world, tmp_path)

    run()


# ------------------------------------------------------------------------------ planted errors


def deaf():
    return loader.PREFERRED.get("x86_64")


FAULTY = {
    "believes every kernel": ("_listed", lambda *_: f" {' '.join(FLAGS)} ".encode(), 0),
    "takes a part of a list": (
        "_listed", lambda text, _: b" " + text.partition(b"\t: ")[2].replace(b"\n", b" ") + b" ", 0,
    ),
    "hears no request": ("_preferred", deaf, 0),
    "is never quick": ("_preferred", lambda: None, 1),
    "reads no list": ("_listed", lambda *_: b"", 1),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTY)
def test_a_planted_error_is_found(name, monkeypatch, tmp_path):
    what, faulty, which = FAULTY[name]
    monkeypatch.setattr(loader, what, faulty)

    @settings(max_examples=5000, report_multiple_bugs=False, database=None, phases=[Phase.generate])
    @given(WORLDS)
    def run(world):
        PROPERTIES[which](world, tmp_path)

    with pytest.raises(AssertionError):
        run()
