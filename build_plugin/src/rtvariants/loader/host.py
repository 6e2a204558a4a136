"""What this process can execute, in layers, each named in the answer.

First the interpreter's own architecture: an x86-64 Python on an ARM Mac is x86-64. Then the flag
list of the Linux kernel, read with a plain `open`, which takes microseconds and leaves out what the
kernel switched off. Where that is not enough, archspec's detection.
"""

import os
import sys

from .facts import Host

CPUINFO = "/proc/cpuinfo"
# The key of the flag list in /proc/cpuinfo; the other machine's key marks a foreign list.
_KEYS = {"x86_64": "flags", "aarch64": "Features"}
# What a translator or an emulator writes into the list in place of a CPU's own names.
_NOT_REAL = (
    (b"VirtualApple", "this CPU is translated: `VirtualApple` is Rosetta on an ARM Mac"),
    (b"QEMU", "this CPU is emulated by QEMU"),
)
_MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}
_SSE3 = frozenset({"sse3", "pni"})
_SYSTEMS = {"darwin": "macos", "win32": "windows"}


def interpreter() -> "tuple[str, str]":
    """Return machine and system of this interpreter, not of the CPU below it.

    The build's own triplet is preferred to `uname`, which names the kernel's machine: the two
    differ under emulation and for a 32-bit Python.
    """
    system = _SYSTEMS.get(sys.platform, sys.platform)
    if system == "windows":
        # The only trace of the build's machine there: "… 64 bit (AMD64)]".
        machine = sys.version.rpartition("(")[2].partition(")")[0].lower()
    else:
        triplet = getattr(sys.implementation, "_multiarch", "")
        machine = triplet.partition("-")[0] if "-" in triplet else os.uname().machine
    machine = _MACHINES.get(machine, machine)
    if sys.maxsize < 2**32:
        machine = {"x86_64": "i686", "aarch64": "arm"}.get(machine, machine)
    return machine, system


def kernel_host() -> Host:
    """Return the host as the kernel describes it; `features` is `None` where it doesn't.

    Never raises: a list that is absent, unreadable or of another machine is a note.
    """
    machine, system = interpreter()
    if system != "linux":
        return described(machine, system, None)
    try:
        # A descriptor instead of `open`: the kernel writes the block of each CPU on each read, and
        # one page holds the first one. A list that doesn't end within it counts as absent.
        descriptor = os.open(CPUINFO, os.O_RDONLY | os.O_CLOEXEC)
        try:
            text = os.read(descriptor, 4096)
        finally:
            os.close(descriptor)
    except OSError as error:
        return described(machine, system, None, f"{CPUINFO}: {error.strerror or 'unreadable'}")
    notes = [note for name, note in _NOT_REAL if name in _names(text)]
    features = parse_cpuinfo(text, machine)
    if features is None:
        return described(
            machine, system, None, f"{CPUINFO}: no flag list of `{machine}` in it", *notes
        )
    return described(machine, system, features, *notes)


def described(
    machine: str,
    system: str,
    features: "frozenset[str] | None",
    *notes: str,
    asked: bool = True,
) -> Host:
    """Return the host with the features that the kernel listed, which may be none."""
    layers = [("interpreter", f"{machine} {system}, as {_source(system)} says")]
    if asked and system == "linux":
        count = "nothing" if features is None else f"{len(features)} flags"
        layers.append((CPUINFO, count))
    return Host(
        machine=machine,
        system=system,
        features=features,
        source="none" if features is None else CPUINFO,
        notes=notes,
        layers=tuple(layers),
    )


def _source(system: str) -> str:
    triplet = getattr(sys.implementation, "_multiarch", "")
    if system == "windows":
        return "the version of this build"
    return f"its triplet `{triplet}`" if "-" in triplet else "the system"


def _names(text: bytes) -> bytes:
    """Return the lines of the first CPU that name its maker and model."""
    lines = text.partition(b"\n\n")[0].split(b"\n")
    return b"\n".join(line for line in lines if line.startswith((b"vendor_id", b"model name")))


def parse_cpuinfo(text: bytes, machine: str) -> "frozenset[str] | None":
    r"""Return the flags of the first CPU; `None` where there is no complete list of this machine.

    >>> sorted(parse_cpuinfo(b"processor: 0\nflags\t\t: sse avx\n\nflags: none\n", "x86_64"))
    ['avx', 'sse']
    >>> parse_cpuinfo(b"Features : asimd\n", "x86_64") is None
    True
    """
    key = _KEYS.get(machine)
    if key is None:
        return None
    lines = text.split(b"\n")
    # The last line has no end: it may be cut off, which would make the last flag wrong.
    for line in lines[:-1]:
        if not line.strip():
            break
        name, colon, value = line.partition(b":")
        if colon and name.strip() == key.encode():
            return frozenset(value.decode("ascii", "replace").split()) or None
    return None


def archspec_host(before: Host) -> Host:
    """Return the host as archspec detects it, or `before` where archspec can't detect it.

    Never raises: an absent or broken archspec, or broken data that its environment variables
    point to, is a note.
    """
    try:
        name, found, family = _archspec_says(before.machine)
    except Exception as error:  # noqa: BLE001 - whatever breaks there, the import must go on
        text = f"{type(error).__name__}: {error}".partition("\n")[0]
        return _noted(before, f"archspec: {text}", "nothing")
    if family != before.machine:
        note = f"archspec: this CPU is `{family}` and translates for a `{before.machine}` Python"
        return _noted(before, note, f"a CPU of `{family}`: `{name}`")
    if not found:
        return _noted(before, "archspec: no features detected", "no features")
    features, source, notes = found, "archspec", before.notes
    if before.features is not None:
        source = f"{before.source} and archspec"
        features = before.features
        differing = (found ^ before.features) - _SSE3
        if differing:
            # Where two sources disagree, only what both say counts.
            features = found & before.features
            names = ", ".join(sorted(differing))
            notes = (*notes, f"{before.source} and archspec disagree: {names}")
    layer = ("archspec", f"{len(found)} features")
    return before.but(features=features, source=source, notes=notes, layers=(*before.layers, layer))


def _noted(host: Host, note: str, answer: str) -> Host:
    return host.but(notes=(*host.notes, note), layers=(*host.layers, ("archspec", answer)))


def _archspec_says(machine: str) -> "tuple[str, frozenset[str], str]":
    """Return archspec's name for this CPU, its features, and its family, such as `x86_64`."""
    import warnings

    # This is not a public name of archspec, but `host()` describes the matched model and not this
    # machine: one masked flag there hides a dozen that the CPU has.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from archspec.cpu import TARGETS
        from archspec.cpu.detect import detected_info

        info = detected_info()
        features = set(info.features)
        known = TARGETS.get(info.name)
        family = machine if known is None else str(known.family.name)
        if known is not None and family == machine:
            features |= known.features
    # Systems spell SSE3 differently, and every CPU with SSSE3 has it.
    if "ssse3" in features or features & _SSE3:
        features |= _SSE3
    return info.name, frozenset(features), family
