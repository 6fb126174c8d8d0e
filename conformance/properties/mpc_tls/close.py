"""The Notary serves records until the Prover closes, and then no more.

Compared: what the Notary's role registered up to close; or the reason that it gives. Here the role itself runs, with
the messages arriving as frames.
"""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from mpctls.spec.messages import decode_message, encode_message
from mpctls.spec.mpc_tls.messages import Budget, CloseSession, SentRecordCiphertext
from mpctls.spec.reasons import Reason, Rejection

from ...fields import Fields, listed, read_list
from ...property import Operation
from .record_state_machine import faulty_messages, play, records_of

_BUDGET = Budget(sent_octets=1000, sent_records=100, received_octets=1000, received_records=100)


@st.composite
def _inputs(draw: DrawFn) -> Fields:
    messages = draw(faulty_messages())
    # Behind a ciphertext a tag share is outstanding, which is where a close matters most.
    outstanding = [place + 1 for place, each in enumerate(messages) if isinstance(each, SentRecordCiphertext)]
    places = st.integers(0, len(messages)) | st.just(len(messages))
    if outstanding:
        places |= st.sampled_from(outstanding)
    messages.insert(draw(places), CloseSession())
    return {"budget": _BUDGET.encode(), "messages": listed([encode_message(each) for each in messages])}


def _serve(fields: Fields) -> Fields:
    messages = [decode_message(octets) for octets in read_list(fields["messages"])]
    end = next(index for index, message in enumerate(messages) if isinstance(message, CloseSession))
    state = play(Budget.decode(fields["budget"]), messages[:end])
    if not state.received:
        raise Rejection(Reason.LINK_UNEXPECTED_MESSAGE, "close during the handshake")
    return records_of(play(Budget.decode(fields["budget"]), messages[: end + 1]))


OPERATIONS = (Operation(name="mpc_tls/serve-until-close", inputs=_inputs, specification=_serve),)
