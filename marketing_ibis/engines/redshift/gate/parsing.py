"""Find the synopsis that a statement follows, and say where it leaves it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from marketing_ibis.engines.redshift.gate import vocabulary
from marketing_ibis.engines.redshift.gate.lexer import Token
from marketing_ibis.engines.redshift.gate.notation import Mismatch, Part
from marketing_ibis.engines.redshift.gate.refusal import Refusal
from marketing_ibis.engines.redshift.gate.synopses import GRAMMAR, STATEMENTS

MOST_EXPECTED = 4


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement with the synopsis that it follows, and the parts of it."""

    text: str
    tokens: Sequence[Token]
    rule: str
    page: str
    parts: tuple[Part, ...]

    def find(self, rule: str, within: Part | None = None) -> list[Part]:
        """Return the parts that match a rule, in their order."""
        if within is None:
            return [part for part in self.parts if part.rule == rule]
        return [p for p in self.parts if p.rule == rule and within.start <= p.start and p.end <= within.end]

    def text_of(self, part: Part) -> str:
        """Return a part as it is written."""
        if part.end == part.start:
            return ""
        last = self.tokens[part.end - 1]
        return self.text[self.tokens[part.start].start : last.start + len(last.text)]

    def texts(self, rule: str, within: Part | None = None) -> list[str]:
        """Return the parts that match a rule as they are written."""
        return [self.text_of(part) for part in self.find(rule, within)]

    def words(self, part: Part | None = None) -> list[str]:
        """Return the words of a part in capitals, names in quotes and strings as they are written."""
        chosen = self.tokens if part is None else self.tokens[part.start : part.end]
        return [token.upper for token in chosen]

    def names(self, rule: str, within: Part | None = None) -> list[str]:
        """Return the names that match a rule as Redshift folds them."""
        return [fold(text) for text in self.texts(rule, within)]


def fold(name: str) -> str:
    """Return a name without quotes and in small letters: https://docs.aws.amazon.com/redshift/latest/dg/r_names.html."""
    return (name[1:-1].replace('""', '"') if name.startswith('"') else name).lower()


def parse(text: str, tokens: Sequence[Token]) -> Statement | Refusal:
    """Return the statement with its parts, or why it follows no synopsis."""
    rules = STATEMENTS.get(tokens[0].upper if tokens else "", {})
    if len(tokens) > 1 and tokens[1].upper == "EXTERNAL":
        tokens = [*_split_brackets(tokens)]
    closest: tuple[int, Refusal] | None = None
    for rule, page in rules.items():
        result = GRAMMAR.match(rule, tokens)
        if not isinstance(result, Mismatch):
            return Statement(text, tokens, rule, page, result)
        if closest is None or result.place > closest[0]:
            closest = (result.place, explain(result, page))
    if closest is not None:
        return closest[1]
    words = " ".join(text.split()[:3])
    return Refusal(f"statement {words}", "no statement of this form is documented", page="c_SQL_commands.html")


def _split_brackets(tokens: Sequence[Token]) -> Iterator[Token]:
    """Yield the tokens of nested types: `ARRAY<VARCHAR(9)>>` ends two, and shifts nothing."""
    for token in tokens:
        if token.text == ">>":
            yield Token(token.kind, ">", token.start)
            yield Token(token.kind, ">", token.start + 1)
        else:
            yield token


def check_grammar(rule: str, tokens: Sequence[Token], page: str) -> Iterator[Refusal]:
    """Yield where tokens leave the synopsis of a query or of an expression."""
    result = GRAMMAR.match(rule, tokens)
    if isinstance(result, Mismatch):
        yield explain(result, page)


def explain(mismatch: Mismatch, page: str) -> Refusal:
    """Return the refusal of a token that no synopsis allows in its place."""
    token, before = mismatch.token, mismatch.before
    expected = list(dict.fromkeys(mismatch.expected))
    is_reserved = token.kind == "word" and token.text.lower() in vocabulary.RESERVED
    if is_reserved and expected[:1] == ["a name"] and before.text != ",":
        return Refusal(f"name {token.text}", "it is a reserved word", f'"{token.text}"', "r_pg_keywords.html")
    token_text = token.text if len(token.text) <= 40 else f"{token.text[:37]}..."
    construct = f"{token_text} after {before.text[-40:]}" if before.text else token_text
    if not token.text:
        construct = f"the end after {before.text[-40:]}"
    reason = "it is not in the grammar"
    if 0 < len(expected) <= MOST_EXPECTED:
        reason += f", which expects {_list(expected)}"
    return Refusal(construct, reason, page=page)


def _list(labels: Sequence[str]) -> str:
    return labels[0] if len(labels) == 1 else f"{', '.join(labels[:-1])} or {labels[-1]}"
