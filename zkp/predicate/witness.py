"""The private and public inputs of a predicate's circuit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from mpctls.reference.foundation.identifiers import Direction

from ..bn254.constants import SCALAR_MODULUS
from ..circuit.encoding import mask_of_blinder
from ..poseidon import KIND_ENCODING, header, pack
from .compile import (
    OUTPUTS_INPUT,
    STATEMENT_INPUT,
    CompiledPredicate,
    binding_input,
    blinder_input,
    octets_input,
)
from .conditions import InTree, NotInTree
from .evaluate import Evaluation, Token, Trees
from .trees import Tree, TreePath
from .types import parse
from .values import value_hash
from .walking import walk

_NO_PATH: Final = TreePath(index=0, leaf=0, siblings=())


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldInputs:
    """What a circuit takes for one field: public C, k, Δ, L, and the private token and blinder."""

    publics: tuple[int, int, int, int]
    token: Token
    blinder: int = field(repr=False)


def circuit_inputs(
    compiled: CompiledPredicate,
    statement: Sequence[int],
    fields: Sequence[FieldInputs],
    evaluation: Evaluation,
    trees: Trees,
) -> dict[str, Sequence[int]]:
    """The inputs of `compiled.circuit.witness` by name; requires tokens that their types admit."""
    inputs: dict[str, Sequence[int]] = {STATEMENT_INPUT: list(statement)}
    for index, each in enumerate(fields):
        inputs[binding_input(index)] = list(each.publics)
        inputs[octets_input(index)] = list(each.token.octets)
        inputs[blinder_input(index)] = [_masked_blinder(compiled.predicate.fields[index].side, each)]
    if compiled.output_count:
        inputs[OUTPUTS_INPUT] = list(evaluation.outputs)
    inputs.update(_tree_inputs(compiled, fields, trees))
    return inputs


def _masked_blinder(side: Direction, field: FieldInputs) -> int:
    """What stands for the blinder in the circuit."""
    _, offset, factor, length = field.publics
    elements = pack(field.token.octets)
    powers = (pow(factor, power, SCALAR_MODULUS) for power in range(1, len(elements) + 1))
    check = offset + sum(power * element for power, element in zip(powers, elements, strict=True))
    head = header(KIND_ENCODING, 1 if side is Direction.RECEIVED else 0, length)
    return mask_of_blinder(head, check % SCALAR_MODULUS, field.blinder, elements)


def _tree_inputs(
    compiled: CompiledPredicate, fields: Sequence[FieldInputs], trees: Trees
) -> Mapping[str, Sequence[int]]:
    """Paths in the order in which the compiler meets trees."""
    inputs: dict[str, Sequence[int]] = {}
    predicate = compiled.predicate
    parts = [part for part, _ in walk(predicate.condition) if isinstance(part, InTree | NotInTree)]
    for number, part in enumerate(parts):
        tree = trees.get(part.root)
        token = fields[part.field].token
        field_type = predicate.fields[part.field].type
        value = value_hash(field_type, parse(field_type, token.kind, token.octets))
        if isinstance(part, InTree):
            index = None if tree is None else tree.find(value)
            inputs.update(_path_inputs(f"tree {number}", "", _path(tree, index, part.depth), part.depth))
            continue
        around = None if tree is None else tree.neighbours(value)
        low, high = (_path(tree, None if around is None else around[side], part.depth) for side in range(2))
        inputs.update(_path_inputs(f"tree {number}", " low", low, part.depth))
        inputs.update(_path_inputs(f"tree {number}", " high", high, part.depth))
        inputs[f"tree {number} neighbours"] = [low.leaf, high.leaf]
    return inputs


def _path(tree: Tree | None, index: int | None, depth: int) -> TreePath:
    """A path of the tree, or one that leads nowhere, where another branch of the condition has to hold."""
    if tree is None or index is None or tree.depth != depth:
        return _NO_PATH
    return tree.path(index)


def _path_inputs(name: str, side: str, path: TreePath, depth: int) -> Mapping[str, Sequence[int]]:
    return {
        f"{name} path{side}": [path.index >> height & 1 for height in range(depth)],
        f"{name} siblings{side}": list(path.siblings or (0,) * depth),
    }
