"""Steps out of order: what a step does when it is called in a state that does not have it.

A step takes exactly one type of state (`prover_states`, `notary_states`, `verifier_states`), so that calling
it out of order does not type-check. At run time it is refused: with link/unexpected-message when a peer's
message would have caused the call, with attestation-generation/out-of-order where the Notary builds the
attestation, and otherwise, when only a party's own code can be at fault, with OutOfOrderError.
"""

from __future__ import annotations

from typing import TypeVar

from .messages import unexpected
from .reasons import OutOfOrderError, Reason, Rejection

State = TypeVar("State")
Message = TypeVar("Message")


def require_state(state: State, expected: type[State]) -> None:
    """Require the state that a step of a role's own starts from. Raises OutOfOrderError."""
    if type(state) is not expected:
        raise OutOfOrderError(f"this step needs {expected.__name__}, not {type(state).__name__}")


def require_attesting(state: State, expected: type[State]) -> None:
    """Require the state that a step of building the attestation starts from.

    Rejects with attestation-generation/out-of-order.
    """
    if type(state) is not expected:
        raise Rejection(
            Reason.ATTESTATION_GENERATION_OUT_OF_ORDER,
            f"this step needs {expected.__name__}, not {type(state).__name__}",
        )


def require_message(message: object, kind: type[Message], state: State, expected: type[State]) -> Message:
    """Return the message if it is of the kind that may arrive and the state is the one it may arrive in.

    Rejects with link/unexpected-message, or with the peer's reason when the message is a refusal.
    """
    if type(state) is not expected or not isinstance(message, kind):
        raise unexpected(message, state)
    return message
