"""Small faults planted in a Rust function, one at a time: does a test notice?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import tree_sitter_rust
from tree_sitter import Language, Node, Parser

_PARSER: Final = Parser(Language(tree_sitter_rust.language()))
_SWAPS: Final = {
    "==": ["!="], "!=": ["=="], "<": ["<=", ">"], "<=": ["<", ">"], ">": [">=", "<"], ">=": [">", "<"],
    "+": ["-", "*"], "-": ["+", "/"], "*": ["+", "/"], "/": ["*", "%"], "%": ["/", "+"],
    "<<": [">>"], ">>": ["<<"], "&": ["|"], "|": ["&"], "^": ["|"], "&&": ["||"], "||": ["&&"],
    "+=": ["-="], "-=": ["+="], "*=": ["+="], "/=": ["*="], "%=": ["/="], "<<=": [">>="], ">>=": ["<<="],
    "|=": ["&="], "&=": ["|="], "^=": ["|="], "..": ["..="], "..=": [".."],
}  # fmt: skip
_DEFAULTS: Final = {
    "bool": ["true", "false"], "String": ["String::new()", 'String::from("xyzzy")'], "&str": ['""'], "char": ["'x'"],
    **{f"{sign}{bits}": ["0", "1"] for sign in "iu" for bits in ("8", "16", "32", "64", "128", "size")},
}  # fmt: skip
_SPARED: Final = {"attribute_item", "inner_attribute_item", "line_comment", "block_comment", "string_literal"}


@dataclass(frozen=True)
class Mutant:
    """The whole function part with one fault in it, and where and what that is."""

    line: int
    change: str
    text: str


def mutants(function: str) -> list[Mutant]:
    """Every mutant of the function part of a file, in the order of the text."""
    source = function.encode()
    found = []
    for node, replacement in _faults(_PARSER.parse(source).root_node):
        text = (source[: node.start_byte] + replacement.encode() + source[node.end_byte :]).decode()
        was = " ".join(source[node.start_byte : node.end_byte].decode().split())
        found.append(Mutant(node.start_point[0] + 1, f"{was[:40]} → {replacement or 'nothing'}", text))
    return found


def shape(function: str) -> set[tuple[str, ...]]:
    """Runs of five tokens, with all names and all literals alike: two functions that share most of them are twins."""
    tokens = [node.type for node in _leaves(_PARSER.parse(function.encode()).root_node)]
    return {tuple(tokens[at : at + 5]) for at in range(len(tokens) - 4)}


def _leaves(node: Node) -> Iterator[Node]:
    if node.type in ("line_comment", "block_comment"):
        return
    if not node.children:
        yield node
    for child in node.children:
        yield from _leaves(child)


def _faults(node: Node) -> Iterator[tuple[Node, str]]:
    if node.type in _SPARED:
        return
    yield from _of_node(node)
    for child in node.children:
        yield from _faults(child)


def _of_node(node: Node) -> Iterator[tuple[Node, str]]:
    text = (node.text or b"").decode()
    if node.type in ("binary_expression", "compound_assignment_expr"):
        operator = node.child_by_field_name("operator")
        yield from ((operator, other) for other in _SWAPS.get(operator.type, ()))
    elif node.type == "range_expression":
        yield from ((child, other) for child in node.children for other in _SWAPS.get(child.type, ()))
    elif node.type == "boolean_literal":
        yield node, "false" if text == "true" else "true"
    elif node.type == "integer_literal":
        yield from _other_integers(node, text)
    elif node.type == "unary_expression" and node.children[0].type in ("!", "-"):
        yield node.children[0], ""
    elif node.type == "function_item":
        yield from _other_bodies(node)


def _other_integers(node: Node, text: str) -> Iterator[tuple[Node, str]]:
    digits = text.rstrip("iusze").replace("_", "")
    if digits.isdigit():
        yield node, str(int(digits) + 1)
        if int(digits):
            yield node, str(int(digits) - 1)


def _other_bodies(node: Node) -> Iterator[tuple[Node, str]]:
    body, result = node.child_by_field_name("body"), node.child_by_field_name("return_type")
    if body is None:
        return
    if result is None:
        yield body, "{}"
        return
    name = (result.text or b"").decode()
    outer = name.partition("<")[0]
    others = {"Option": ["None"], "Result": ["Ok(Default::default())"]}.get(outer) or _DEFAULTS.get(name)
    yield from ((body, f"{{ {other} }}") for other in others or ["Default::default()"])
