"""Whether a native carries the stamp that is next to it, in the section that the guard writes.

The loader's first file has the quick answer for ELF files.
"""

# Names in the headers of sections. Mach-O's has the name of the segment too.
_MACHO = b"__rtvariants\0\0\0\0__DATA\0\0\0\0\0\0\0\0\0\0"
_PE = b".rtvar\0\0"
# Room for all headers, which are at the beginning of a file.
_HEADERS = 32768


def contains(path: str, stamp: bytes) -> bool:
    """Return whether a file contains these bytes; raises `OSError` where it can't be read."""
    with open(path, "rb", buffering=0) as file:
        place = _place(file.read(_HEADERS))
        file.seek(place)
        if place and file.read(len(stamp)) == stamp:
            return True
        # A file with several machines in it, or without section headers, is searched.
        file.seek(0)
        return stamp in file.read()


def _place(head: bytes) -> int:
    """Return where the section begins, as the headers of Mach-O and PE say; 0 for not found."""
    for name, at in ((_MACHO, 48), (_PE, 20)):
        found = head.find(name)
        if found >= 0:
            return int.from_bytes(head[found + at : found + at + 4], "little")
    return 0
