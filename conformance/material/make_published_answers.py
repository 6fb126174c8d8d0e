"""Selects published answers from the files that the package `cryptography-vectors` carries, with where each came from.

Run: `python -m mpctls.conformance.material.make_published_answers`. The same package gives the same file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import cryptography_vectors

PLACE = Path(__file__).resolve().parent / "published_answers.json"
_FILES = Path(cryptography_vectors.__file__).parent
_AES_GCM = "ciphers/AES/GCM/gcmEncryptExtIV128.rsp"
_P256 = "asymmetric/ECDSA/FIPS_186-3/SigVer.rsp"
_P256_MADE = "asymmetric/ECDSA/FIPS_186-3/SigGen.txt"
_SECP256K1 = "asymmetric/ECDSA/SECP256K1/SigGen.txt"
_ED25519 = "asymmetric/Ed25519/sign.input"
_MADE = 6
"""Signatures that are taken of a file of signatures that were made."""


def _records(path: str, heading: str) -> Iterator[dict[str, str]]:
    """The records under each heading that matches, with what the headings say."""
    about: dict[str, str] = {}
    record: dict[str, str] = {}
    inside = False
    for line in [*(_FILES / path).read_text(encoding="ascii").splitlines(), ""]:
        if found := re.fullmatch(r"\[(.*)\]", line.strip()):
            inside = re.fullmatch(heading, found.group(1)) is not None
            name, _, value = found.group(1).partition(" = ")
            about[name] = value
        elif match := re.fullmatch(r"(\w+) = ?(.*)", line.strip()):
            record[match.group(1)] = match.group(2)
        elif not line.strip() and record:
            if inside:
                yield {**about, **record}
            record = {}


def _aes_gcm() -> Iterator[dict[str, str]]:
    """The first of each pair of lengths, with a nonce of 96 and a tag of 128 bits."""
    for record in _records(_AES_GCM, r"Taglen = \d+"):
        if (record["IVlen"], record["Taglen"], record["Count"]) == ("96", "128", "0"):
            yield {name: record[name] for name in ("Key", "IV", "PT", "AAD", "CT", "Tag")}


def _ecdsa(path: str, heading: str) -> Iterator[dict[str, str]]:
    for record in _records(path, heading):
        yield {name: record[name] for name in ("Msg", "Qx", "Qy", "R", "S", "Result") if name in record}


def _ed25519() -> Iterator[dict[str, str]]:
    """Every hundredth line of a file whose messages grow by one octet a line."""
    for line in (_FILES / _ED25519).read_text(encoding="ascii").splitlines()[::100]:
        secret, key, message, signature = (
            line.rstrip(":").split(":") if line.count(":") == 4 else line.split(":")[:4]
        )
        yield {"secret": secret[:64], "key": key, "message": message, "signature": signature[:128]}


def main() -> None:
    """Write the selection."""
    whole = {
        "aes-gcm": list(_aes_gcm()),
        "ecdsa-p256-verified": list(_ecdsa(_P256, "P-256,SHA-256")),
        "ecdsa-p256-made": list(_ecdsa(_P256_MADE, "P-256,SHA-256"))[:_MADE],
        "ecdsa-secp256k1-made": list(_ecdsa(_SECP256K1, "K-256,SHA-256"))[:_MADE],
        "ed25519": list(_ed25519()),
    }
    PLACE.write_text(json.dumps(whole, indent=1) + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
