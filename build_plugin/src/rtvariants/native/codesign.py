"""The ad-hoc code signature of a Mach-O file: the hashes of its pages, checked and updated.

macOS kills a process on arm64 that loads a page whose hash is not the one that the file states.
Linkers write these hashes; the plugin changes some bytes of the finished file afterwards (the
commit in its stamp), and so updates the hashes of the changed pages. An ad-hoc signature holds
nothing else: it has no key and no identity. The layout is that of `cs_blobs.h` in Apple's XNU.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass

_HEADER = struct.Struct("<IIIIIIII")
_COMMAND = struct.Struct("<II")
_LINKEDIT = struct.Struct("<IIII")
_MAGIC, _CODE_SIGNATURE = 0xFEEDFACF, 0x1D
_SUPER, _DIRECTORY, _CMS = 0xFADE0CC0, 0xFADE0C02, 0xFADE0B01
# magic, length, version, flags, hashOffset, identOffset, nSpecialSlots, nCodeSlots, codeLimit,
# hashSize, hashType, platform, pageSize
_CODE_DIRECTORY = struct.Struct(">IIIIIIIIIBBBB")
_SHA256, _ADHOC = 2, 0x2
_CPU_ARM64 = 0x0100000C


@dataclass(frozen=True)
class _Directory:
    """Where the hashes are in the file, what they cover, and whether only hashes sign it."""

    at: int
    slots: int
    size: int
    limit: int
    page: int
    kind: int
    adhoc: bool

    def hashes(self, data: bytes) -> Iterator[tuple[int, bytes, bytes]]:
        """Yield the place of each hash, the stated one, and the right one."""
        for slot in range(self.slots):
            start = slot * self.page
            found = hashlib.sha256(data[start : min(start + self.page, self.limit)]).digest()
            place = self.at + slot * self.size
            yield place, data[place : place + self.size], found[: self.size]


def required(data: bytes) -> bool:
    """Return whether a system loads the file only with a signature: Mach-O for arm64."""
    return data[:4] == b"\xcf\xfa\xed\xfe" and _HEADER.unpack_from(data)[1] == _CPU_ARM64


def violations(data: bytes) -> Iterator[str]:
    """Yield what is wrong with the signature of a Mach-O file; nothing where it needs none."""
    try:
        found = _directory(data)
    except (ValueError, struct.error) as error:
        yield f"its code signature can't be read: {error}"
        return
    if found is None:
        if required(data):
            yield "it has no code signature, which macOS on arm64 requires"
        return
    wrong = [at for at, stated, true in found.hashes(data) if stated != true]
    if wrong:
        yield (
            f"its code signature does not match its bytes: {len(wrong)} of {found.slots} pages "
            "differ"
        )


def renewed(data: bytes) -> bytes:
    """Return a Mach-O file whose signature has the hashes of its pages as they are now.

    Other files, and those without a signature, stay as they are. Raises `ValueError` for a
    signature that was made with a key, which only its owner can make again.
    """
    if data[:4] != b"\xcf\xfa\xed\xfe":
        return data
    found = _directory(data)
    if found is None:
        return data
    if not found.adhoc:
        raise ValueError("the file is signed with a key; sign it after the build instead")
    new = bytearray(data)
    for at, _, true in found.hashes(data):
        new[at : at + found.size] = true
    return bytes(new)


def _directory(data: bytes) -> _Directory | None:
    """Return where the page hashes are; `None` without a signature, `ValueError` if unreadable."""
    place = _blob(data)
    if place is None:
        return None
    start, length = place
    magic, _, count = struct.unpack_from(">III", data, start)
    if magic != _SUPER or start + length > len(data):
        raise ValueError("no signature where the file says there is one")
    parts: dict[int, int] = {}
    for i in range(count):
        _, offset = struct.unpack_from(">II", data, start + 12 + 8 * i)
        parts.setdefault(struct.unpack_from(">I", data, start + offset)[0], start + offset)
    if _DIRECTORY not in parts:
        raise ValueError("it has no code directory")
    at = parts[_DIRECTORY]
    (_, size, _, flags, hashes, _, _, slots, limit, width, kind, _, page) = (
        _CODE_DIRECTORY.unpack_from(data, at)
    )
    if kind != _SHA256:
        raise ValueError(f"its hashes are of kind {kind}, not SHA-256")
    if limit > start or slots != -(-limit // (1 << page)) or hashes + slots * width > size:
        raise ValueError(f"{slots} hashes of pages for {limit} bytes")
    # Hashes of its own parts (requirements, entitlements) come before those of pages: unchanged.
    adhoc = bool(flags & _ADHOC) or _CMS not in parts
    return _Directory(at + hashes, slots, width, limit, 1 << page, kind, adhoc)


def _blob(data: bytes) -> tuple[int, int] | None:
    magic, _, _, _, commands, _, _, _ = _HEADER.unpack_from(data)
    if magic != _MAGIC:
        raise ValueError("not a Mach-O file of 64 bits")
    at = _HEADER.size
    for _ in range(commands):
        kind, size = _COMMAND.unpack_from(data, at)
        if kind == _CODE_SIGNATURE:
            _, _, start, length = _LINKEDIT.unpack_from(data, at)
            return start, length
        at += size
    return None
