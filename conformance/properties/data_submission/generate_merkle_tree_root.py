"""One root stands for all commitments, and both parties compute it.

Compared: the root octet for octet.
"""

from __future__ import annotations

from mpctls.spec.data_submission import generate_merkle_tree_root as step
from mpctls.spec.notary_states import NotaryCommitted

from ...fields import Fields
from ...property import Operation
from ..attestations import notary_finalised, sessions
from ..commitments import committed_of, submission_of


def _build(fields: Fields) -> Fields:
    state = NotaryCommitted(
        finalised=notary_finalised(fields),
        submission=submission_of(fields),
        commitments=tuple(each.commitment for each in committed_of(fields)),
    )
    _, message = step.send(state)
    return {"root": message.root}


OPERATIONS = (Operation(name="data_submission/root", inputs=sessions, specification=_build),)
