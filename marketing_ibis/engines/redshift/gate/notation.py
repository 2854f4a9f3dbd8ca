"""Match the tokens of a statement with synopses, written in the notation of AWS' guide.

The notation is that of https://docs.aws.amazon.com/redshift/latest/dg/cm_chap_SQLCommandRef.html: ``[ a ]`` may be
missing, ``{ a | b }`` is a choice, ``a [, ...]`` is a list separated by commas and ``a ...`` one or several of them.
Words in capitals and signs are written as they are; a sign that is part of the notation is quoted, as in ``'['``.
Words in small letters are other rules, or kinds of tokens. ``options { a | b }`` is any number of them, each at most
once and in any order: alternatives that exclude each other form one option. The first alternative that matches is
taken.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from marketing_ibis.engines.redshift.gate.lexer import NOTHING, Token

MISS = -1
NO_WORD = ""
_SYMBOL = re.compile(r"\[, \.\.\.\]|\.\.\.|'[^']+'|[\w<>=]+|[^\s\w]")


class Part(NamedTuple):
    """The tokens from ``start`` to before ``end``, which match ``rule``."""

    rule: str
    start: int
    end: int


@dataclass(slots=True)
class Reading:
    """A statement that is being matched: its tokens, the parts so far, and where the match got stuck.

    Unless it ``explains``, alternatives that begin with other words are not tried, and what was expected is not noted.
    """

    tokens: Sequence[Token]
    words: Sequence[str]
    explains: bool = False
    parts: list[Part] = field(default_factory=list)
    results: dict[tuple[str, int], tuple[int, tuple[Part, ...]]] = field(default_factory=dict)
    furthest: int = 0
    expected: dict[str, None] = field(default_factory=dict)

    def miss(self, place: int, label: str) -> int:
        """Note what was expected at a place, if no other attempt came further."""
        if place > self.furthest:
            self.furthest, self.expected = place, {label: None}
        elif place == self.furthest:
            self.expected[label] = None
        return MISS


Matcher = Callable[[Reading, int], int]
"""Return the place behind what matches from a place on, or MISS."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """The first token that no synopsis allows, the one before it, and what is allowed there."""

    place: int
    token: Token
    before: Token
    expected: tuple[str, ...]


class Grammar:
    """Rules by name; ``kinds`` match single tokens, and only ``parts`` are reported."""

    def __init__(self, rules: Mapping[str, str], kinds: Mapping[str, Matcher], parts: frozenset[str]) -> None:
        self._kinds = dict(kinds)
        self._parts = parts
        self._rules: dict[str, Matcher] = {}
        for name, text in rules.items():
            self._rules[name] = _Compiler(self, name, text).choice()

    def match(self, rule: str, tokens: Sequence[Token]) -> tuple[Part, ...] | Mismatch:
        """Match all tokens with a rule."""
        words = [token.upper for token in tokens]
        reading = Reading(tokens, words)
        if self.rule(rule)(reading, 0) == len(tokens):
            return tuple(reading.parts)
        reading = Reading(tokens, words, explains=True)
        end = self.rule(rule)(reading, 0)
        if end != MISS:
            reading.miss(end, "the end")
        place = reading.furthest
        token = tokens[place] if place < len(tokens) else NOTHING
        return Mismatch(place, token, tokens[place - 1] if place else NOTHING, tuple(reading.expected))

    def rule(self, name: str) -> Matcher:
        """Return the matcher of a rule, which may be defined later."""
        kind = self._kinds.get(name)
        if kind is not None:
            return kind
        is_part = name in self._parts

        def match(reading: Reading, place: int) -> int:
            result = reading.results.get((name, place))
            if result is not None:
                reading.parts += result[1]
                return result[0]
            before = len(reading.parts)
            end = self._rules[name](reading, place)
            if end == MISS:
                del reading.parts[before:]
            elif is_part:
                reading.parts.insert(before, Part(name, place, end))
            reading.results[name, place] = (end, tuple(reading.parts[before:]))
            return end

        return match


class _Compiler:
    """Compile the text of one rule."""

    def __init__(self, grammar: Grammar, name: str, text: str) -> None:
        self._grammar = grammar
        self._name = name
        self._symbols: list[str] = _SYMBOL.findall(text)
        self._place = 0

    def choice(self) -> Matcher:
        """Compile alternatives, up to the bracket that closes them."""
        return _choice(self._alternatives())

    def _alternatives(self) -> list[Matcher]:
        alternatives = [self._sequence()]
        while self._peek() == "|":
            self._place += 1
            alternatives.append(self._sequence())
        return alternatives

    def _sequence(self) -> Matcher:
        items: list[Matcher] = []
        while self._peek() not in ("", "|", "]", "}"):
            items.append(self._repetition(self._item()))
        if not items:
            raise ValueError(f"The synopsis {self._name} has an empty alternative.")
        return items[0] if len(items) == 1 else _sequence(items)

    def _repetition(self, item: Matcher) -> Matcher:
        if self._peek() == "[, ...]":
            self._place += 1
            return _sequence([item, _many(_sequence([_word(","), item]))])
        if self._peek() == "...":
            self._place += 1
            return _sequence([item, _many(item)])
        return item

    def _item(self) -> Matcher:
        symbol = self._next()
        if symbol == "[":
            inner = self.choice()
            self._close("]")
            if self._peek() == "...":
                self._place += 1
                return _many(inner)
            return _optional(inner)
        if symbol == "{":
            inner = self.choice()
            self._close("}")
            return inner
        if symbol == "options":
            self._close("{")
            alternatives = self._alternatives()
            self._close("}")
            return _options(alternatives)
        if symbol[0] == "'":
            return _word(symbol[1:-1])
        return self._grammar.rule(symbol) if symbol.islower() else _word(symbol)

    def _close(self, symbol: str) -> None:
        if self._next() != symbol:
            raise ValueError(f"The synopsis {self._name} lacks a {symbol}.")

    def _peek(self) -> str:
        return self._symbols[self._place] if self._place < len(self._symbols) else ""

    def _next(self) -> str:
        self._place += 1
        return self._symbols[self._place - 1]


_first_words: dict[Matcher, frozenset[str]] = {}
"""The words that a matcher can begin with, where it is known to begin with one."""


def _word(word: str) -> Matcher:
    def match(reading: Reading, place: int) -> int:
        if place < len(reading.words) and reading.words[place] == word:
            return place + 1
        return reading.miss(place, word)

    _first_words[match] = frozenset([word])
    return match


def _next_word(reading: Reading, place: int) -> str:
    return reading.words[place] if place < len(reading.words) else NO_WORD


def kind(label: str, accepts: Callable[[Token], bool]) -> Matcher:
    """Return a matcher of one token."""

    def match(reading: Reading, place: int) -> int:
        if place < len(reading.tokens) and accepts(reading.tokens[place]):
            return place + 1
        return reading.miss(place, label)

    return match


def _sequence(items: Sequence[Matcher]) -> Matcher:
    def match(reading: Reading, place: int) -> int:
        for item in items:
            place = item(reading, place)
            if place == MISS:
                return MISS
        return place

    if items[0] in _first_words:
        _first_words[match] = _first_words[items[0]]
    return match


def _choice(alternatives: Sequence[Matcher]) -> Matcher:
    if len(alternatives) == 1:
        return alternatives[0]
    by_word, others = _alternatives_by_word(alternatives)

    def match(reading: Reading, place: int) -> int:
        before = len(reading.parts)
        chosen = alternatives if reading.explains else by_word.get(_next_word(reading, place), others)
        for alternative in chosen:
            end = alternative(reading, place)
            if end != MISS:
                return end
            del reading.parts[before:]
        return MISS

    if all(alternative in _first_words for alternative in alternatives):
        _first_words[match] = frozenset[str]().union(*(_first_words[alternative] for alternative in alternatives))
    return match


def _alternatives_by_word(alternatives: Sequence[Matcher]) -> tuple[dict[str, list[Matcher]], list[Matcher]]:
    """Return the alternatives that can begin with each word, and those that may begin with any other."""
    words = frozenset[str]().union(*(_first_words.get(alternative, ()) for alternative in alternatives))

    def beginning(word: str) -> list[Matcher]:
        return [matcher for matcher in alternatives if matcher not in _first_words or word in _first_words[matcher]]

    return {word: beginning(word) for word in words}, beginning(NO_WORD)


def _optional(item: Matcher) -> Matcher:
    words = _first_words.get(item)

    def match(reading: Reading, place: int) -> int:
        if words is not None and not reading.explains and _next_word(reading, place) not in words:
            return place
        before = len(reading.parts)
        end = item(reading, place)
        if end == MISS:
            del reading.parts[before:]
            return place
        return end

    return match


def _many(item: Matcher) -> Matcher:
    once = _optional(item)

    def match(reading: Reading, place: int) -> int:
        while (end := once(reading, place)) != place:
            place = end
        return place

    return match


def _options(alternatives: Sequence[Matcher]) -> Matcher:
    def match(reading: Reading, place: int) -> int:
        unused = list(alternatives)
        while True:
            word = _next_word(reading, place)
            for option in unused:
                if not reading.explains and option in _first_words and word not in _first_words[option]:
                    continue
                before = len(reading.parts)
                end = option(reading, place)
                if end > place:
                    place = end
                    unused.remove(option)
                    break
                del reading.parts[before:]
            else:
                return place

    return match
