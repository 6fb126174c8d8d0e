"""Operations: keys, records and their register, and what remains of the connection after close."""

from __future__ import annotations

from .form import Feature, Field, Form, Role
from .shapes import DIGEST, FLAG, NUMBER, OCTETS, OCTETS_LIST, TEXT, ListOf, Maybe, Octets

_BLOCK, _NONCE, _IMPLICIT_NONCE, _VERIFY_DATA = (Octets(length=length) for length in (16, 8, 4, 12))
_MASTER_SECRET = Octets(length=48)
_TWO_PARTIES = (Feature.TWO_PARTY_COMPUTATION,)
_BUDGET = Field(
    shape=Octets(length=12),
    meaning="BCS Budget: u32 sent octets ‖ u16 sent records ‖ u32 received octets ‖ u16 received records, "
    "little-endian.",
)
_RECORD = "BCS Record: u8 type ‖ u16 version ‖ explicit nonce of 8 octets ‖ ciphertext ‖ tag of 16 octets"
_RECORDS = Field(shape=OCTETS_LIST, meaning=f"Records from sequence number 0 on, each {_RECORD}.")
_KEY = Field(shape=_BLOCK, meaning="The AES-128 key of the direction.")
_IMPLICIT = Field(shape=_IMPLICIT_NONCE, meaning="The implicit nonce of the direction.")
_SEQUENCE = Field(shape=NUMBER, meaning="The sequence number of the record in its direction.")
_CONTENT_TYPE = Field(shape=NUMBER, meaning="The content type: 21 alert, 22 handshake, 23 application data.")
_CLIENT_RANDOM = Field(shape=DIGEST, meaning="The client random.")
_SERVER_RANDOM = Field(shape=DIGEST, meaning="The server random.")
_SESSION_HASH = Field(
    shape=Maybe(item=DIGEST), meaning="The session hash of RFC 7627; null without extended master secret."
)
_CONNECTION = {
    "prover scalar": Field(shape=DIGEST, meaning="The Prover's scalar of P-256, big-endian."),
    "notary scalar": Field(shape=DIGEST, meaning="The Notary's scalar of P-256, big-endian."),
    "server key": Field(shape=Octets(length=65), meaning="The Server's ephemeral key, 0x04 ‖ x ‖ y."),
    "client random": _CLIENT_RANDOM,
    "server random": _SERVER_RANDOM,
    "session hash": _SESSION_HASH,
    "handshake hashes": Field(
        shape=ListOf(item=DIGEST),
        meaning="The handshake hash that the client's Finished covers, then that of the Server's.",
    ),
}
_REQUESTS = Field(shape=OCTETS_LIST, meaning="The plaintext of each record of application data that is sent.")
_SERVER_FINISHED = Field(
    shape=OCTETS, meaning=f"The Server's first protected record, its Finished: {_RECORD}."
)
_OPENED = {
    name: Field(
        shape=OCTETS_LIST,
        meaning=f"What the computation opens to the {name}, in order: the inner state of the pre-master secret, "
        "A(1), A(2) of the master secret, the inner state of the master secret, A(1), A(2) of the key block, the "
        "client's and the Server's implicit nonce; then for each Finished its A(1) and verify_data.",
    )
    for name in ("prover", "notary")
}
_MESSAGES = Field(
    shape=OCTETS_LIST,
    meaning="What arrives, in order, each a BCS SessionMessage: SentRecordCiphertext, SentRecord, "
    "ReceivedRecord or CloseSession.",
)
_REGISTERED = {
    "sent": Field(shape=OCTETS_LIST, meaning=f"The registered sent records in order, each {_RECORD}."),
    "received": Field(
        shape=OCTETS_LIST, meaning="The registered received records in order, in the same form."
    ),
    "sent length": Field(shape=NUMBER, meaning="Octets of application data in the sent records."),
    "received length": Field(shape=NUMBER, meaning="The same of the received records."),
}

_KEY_SCHEDULE = (
    Form(
        name="mpc_tls/pseudorandom-function",
        step="mpc_tls/key_schedule",
        summary="Compute the pseudorandom function of TLS 1.2 with SHA-256.",
        role=Role.ANY,
        source="RFC 5246, section 5",
        takes={
            "secret": Field(shape=OCTETS, meaning="The secret, at most 64 octets."),
            "label": Field(shape=TEXT, meaning="The label, ASCII."),
            "seed": Field(shape=OCTETS, meaning="The seed."),
            "length": Field(shape=NUMBER, meaning="How many octets are asked for."),
        },
        gives={"octets": Field(shape=OCTETS, meaning="The output.")},
    ),
    Form(
        name="mpc_tls/derive-keys",
        step="mpc_tls/key_schedule",
        summary="Derive master secret and traffic keys as one party that knows the pre-master secret.",
        role=Role.ANY,
        source="RFC 5246, sections 6.3 and 8.1; RFC 7627, section 4; RFC 5288",
        takes={
            "pre-master secret": Field(shape=DIGEST, meaning="The pre-master secret."),
            "client random": _CLIENT_RANDOM,
            "server random": _SERVER_RANDOM,
            "session hash": _SESSION_HASH,
        },
        gives={
            "master secret": Field(shape=_MASTER_SECRET, meaning="The master secret."),
            "client key": Field(shape=_BLOCK, meaning="The key of sent records."),
            "server key": Field(shape=_BLOCK, meaning="The key of received records."),
            "client implicit nonce": Field(shape=_IMPLICIT_NONCE, meaning="The one of sent records."),
            "server implicit nonce": Field(shape=_IMPLICIT_NONCE, meaning="The one of received records."),
        },
    ),
    Form(
        name="mpc_tls/key-schedule",
        step="mpc_tls/key_schedule",
        summary="Derive the keys inside the two-party computation; what it opens on the way.",
        role=Role.BOTH,
        source="formats.md, section 9.1, item 6",
        takes=_CONNECTION,
        gives=_OPENED,
        features=_TWO_PARTIES,
    ),
)
_FINISHED = (
    Form(
        name="mpc_tls/verify-data",
        step="mpc_tls/finished",
        summary="Derive the content of a Finished message.",
        role=Role.ANY,
        source="RFC 5246, section 7.4.9",
        takes={
            "master secret": Field(shape=_MASTER_SECRET, meaning="The master secret."),
            "direction": Field(shape=NUMBER, meaning="0 the client's Finished, 1 the Server's."),
            "handshake hash": Field(shape=DIGEST, meaning="SHA-256 of the handshake messages before it."),
        },
        gives={"verify data": Field(shape=_VERIFY_DATA, meaning="verify_data.")},
    ),
    Form(
        name="mpc_tls/server-finished",
        step="mpc_tls/finished",
        summary="Compare the Server's Finished message with the verify_data that was opened.",
        role=Role.PROVER,
        source="formats.md, section 9.1, item 7; RFC 5246, section 7.4.9",
        takes={
            "message": Field(shape=Octets(length=16), meaning="The decrypted content of received record 0."),
            "verify data": Field(shape=_VERIFY_DATA, meaning="The verify_data that it must hold."),
        },
    ),
    Form(
        name="mpc_tls/open-finished",
        step="mpc_tls/finished",
        summary="Run both Finished messages; what is opened up to there, and the Server's plaintext.",
        role=Role.BOTH,
        source="formats.md, section 9.1, item 7",
        takes={**_CONNECTION, "budget": _BUDGET, "server finished": _SERVER_FINISHED},
        gives={
            **_OPENED,
            "server finished": Field(
                shape=Octets(length=16), meaning="The content of received record 0, which the Prover learns."
            ),
        },
        features=_TWO_PARTIES,
    ),
)
_RECORD_PROTECTION = (
    Form(
        name="mpc_tls/key-stream",
        step="mpc_tls/records",
        summary="Compute the three things that a record needs of its key.",
        role=Role.ANY,
        source="NIST SP 800-38D, section 7.1; RFC 5288, section 3",
        takes={
            "key": _KEY,
            "implicit nonce": _IMPLICIT,
            "explicit nonce": Field(shape=_NONCE, meaning="The explicit nonce of the record."),
            "length": Field(shape=NUMBER, meaning="Octets of plaintext, at least one."),
        },
        gives={
            "hash key": Field(shape=_BLOCK, meaning="H: the encrypted zero block."),
            "tag mask": Field(shape=_BLOCK, meaning="The encrypted block nonce ‖ u32 1."),
            "key stream": Field(shape=OCTETS, meaning="The encrypted blocks from nonce ‖ u32 2 on, cut."),
        },
    ),
    Form(
        name="mpc_tls/tag",
        step="mpc_tls/records",
        summary="Compute the tag of AES-GCM from the hash key and the tag mask.",
        role=Role.ANY,
        source="NIST SP 800-38D, sections 6.4 and 7.1",
        takes={
            "hash key": Field(shape=_BLOCK, meaning="H."),
            "tag mask": Field(shape=_BLOCK, meaning="The encrypted block nonce ‖ u32 1."),
            "additional data": Field(shape=OCTETS, meaning="What is authenticated and not encrypted."),
            "ciphertext": Field(shape=OCTETS, meaning="The ciphertext."),
        },
        gives={"tag": Field(shape=_BLOCK, meaning="The tag.")},
    ),
    Form(
        name="mpc_tls/tag-share",
        step="mpc_tls/records",
        summary="Compute one party's share of the tag of a sent record.",
        role=Role.ANY,
        source="formats.md, section 9, messages 9 and 10; NIST SP 800-38D, section 6.4",
        takes={
            "powers": Field(
                shape=ListOf(item=_BLOCK),
                meaning="The party's exclusive-or shares of H, H^2, …, one for each block that is hashed.",
            ),
            "mask": Field(shape=_BLOCK, meaning="The party's exclusive-or share of the tag mask."),
            "sequence number": _SEQUENCE,
            "content type": _CONTENT_TYPE,
            "ciphertext": Field(shape=OCTETS, meaning="The ciphertext of the record."),
        },
        gives={
            "share": Field(shape=_BLOCK, meaning="The share; the exclusive or of both shares is the tag.")
        },
    ),
    Form(
        name="mpc_tls/protect-record",
        step="mpc_tls/records",
        summary="Protect a sent record as one party that holds the key.",
        role=Role.ANY,
        source="RFC 5288, section 3; RFC 5246, section 6.2.3.3",
        takes={
            "key": _KEY,
            "implicit nonce": _IMPLICIT,
            "sequence number": _SEQUENCE,
            "content type": _CONTENT_TYPE,
            "plaintext": Field(shape=OCTETS, meaning="The content, 1 to 16384 octets."),
        },
        gives={
            "record": Field(
                shape=OCTETS,
                meaning="What crosses the wire: type ‖ 03 03 ‖ u16 length ‖ explicit nonce, which is the "
                "sequence number in 8 octets big-endian ‖ ciphertext ‖ tag.",
            )
        },
    ),
    Form(
        name="mpc_tls/open-records",
        step="mpc_tls/finalisation",
        summary="Check the tags of all records of a direction and decrypt them, with the key known after close.",
        role=Role.PROVER,
        source="formats.md, section 9.1, finalisation",
        takes={"key": _KEY, "implicit nonce": _IMPLICIT, "records": _RECORDS},
        gives={
            "application data": Field(
                shape=OCTETS, meaning="The contents of the records of content type 23, in order."
            )
        },
    ),
    Form(
        name="mpc_tls/check-tags",
        step="mpc_tls/finalisation",
        summary="Recompute the tags of all registered records of a direction from what was proved.",
        role=Role.NOTARY,
        source="formats.md, section 9.1, finalisation",
        takes={
            "hash key": Field(shape=_BLOCK, meaning="H of the direction, which was proved."),
            "tag masks": Field(
                shape=ListOf(item=_BLOCK), meaning="The tag mask of each record, which was proved."
            ),
            "records": _RECORDS,
        },
    ),
    Form(
        name="mpc_tls/send-records",
        step="mpc_tls/records",
        summary="Run a connection and send records in two parties.",
        role=Role.BOTH,
        source="formats.md, section 9.1, items 6 to 8",
        takes={**_CONNECTION, "budget": _BUDGET, "requests": _REQUESTS, "server finished": _SERVER_FINISHED},
        gives={
            "records": Field(shape=OCTETS_LIST, meaning=f"The sent records, Finished first, each {_RECORD}."),
            "hidden from the notary": Field(
                shape=FLAG, meaning="Whether nothing that the Notary saw holds key stream or plaintext."
            ),
        },
        features=_TWO_PARTIES,
    ),
)
_KEEPING = (
    Form(
        name="mpc_tls/register",
        step="mpc_tls/record_state_machine",
        summary="Register records in the one order that is allowed.",
        role=Role.NOTARY,
        source="formats.md, section 9.1, the Notary's record state machine",
        takes={"budget": _BUDGET, "messages": _MESSAGES},
        gives=_REGISTERED,
    ),
    Form(
        name="mpc_tls/serve-until-close",
        step="mpc_tls/close",
        summary="Serve records until the Prover closes; later messages are not looked at.",
        role=Role.NOTARY,
        source="formats.md, section 9.1, items 8 and 9",
        takes={"budget": _BUDGET, "messages": _MESSAGES},
        gives=_REGISTERED,
    ),
    Form(
        name="mpc_tls/check-records",
        step="mpc_tls/finalisation",
        summary="Check the registered records of both directions as one who knows the keys after close.",
        role=Role.ANY,
        source="formats.md, section 9.1, finalisation",
        takes={
            "client key": _KEY,
            "server key": _KEY,
            "client implicit nonce": _IMPLICIT,
            "server implicit nonce": _IMPLICIT,
            "client verify data": Field(
                shape=Maybe(item=_VERIFY_DATA),
                meaning="The verify_data that was opened for the client's Finished; null when none was.",
            ),
            "server verify data": Field(
                shape=Maybe(item=_VERIFY_DATA), meaning="The same of the Server's Finished."
            ),
            "sent": _RECORDS,
            "received": _RECORDS,
        },
    ),
    Form(
        name="mpc_tls/finalise",
        step="mpc_tls/finalisation",
        summary="Run a whole connection, close it, and check everything that was registered.",
        role=Role.BOTH,
        source="formats.md, section 9.1, items 6 to 9 and finalisation",
        takes={
            **_CONNECTION,
            "budget": _BUDGET,
            "requests": _REQUESTS,
            "received": _RECORDS,
            "client finished": Field(
                shape=Maybe(item=Octets(length=16)),
                meaning="What a dishonest Prover sends for its Finished message; null for the right one.",
            ),
        },
        gives={
            "sent": Field(shape=OCTETS, meaning="The application data that was sent."),
            "received": Field(shape=OCTETS, meaning="The application data that was received."),
            "sent length": Field(shape=NUMBER, meaning="The octets sent, as the Notary attests them."),
            "received length": Field(
                shape=NUMBER, meaning="The octets received, as the Notary attests them."
            ),
            "closure": Field(shape=NUMBER, meaning="0 close_notify not received, 1 received."),
        },
        features=_TWO_PARTIES,
    ),
)

FORMS = (*_KEY_SCHEDULE, *_FINISHED, *_RECORD_PROTECTION, *_KEEPING)
