"""Find 8 short words in texts, which the crate does with vector instructions."""

from ahocorasick_rs import AhoCorasick


def prepare():
    words = ["abcd", "hello", "world", "aardvark", "fish", "what", "monkey", "birds"]
    line = "no one who had ever seen her in her infancy would have supposed her born to be a {} "
    return AhoCorasick(words), [
        line.format(number) * 20 + words[number % 8] for number in range(400)
    ]


def work(given):
    automaton, texts = given
    assert all(automaton.find_matches_as_indexes(text) for text in texts)
