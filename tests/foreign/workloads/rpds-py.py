"""Insert into persistent maps and lists, and read them."""

from rpds import HashTrieMap, List


def prepare():
    return [f"key-{number}" for number in range(3000)]


def work(keys):
    found = HashTrieMap()
    for key in keys:
        found = found.insert(key, key)
    assert sum(key in found for key in keys) == len(keys)
    items = List(range(3000))
    while items:
        items = items.rest
