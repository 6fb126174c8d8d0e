"""Answers that others published, as the material has them; families of several stages are made of these."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

_MATERIAL = Path(__file__).resolve().parent.parent / "material" / "published_answers.json"

SOURCES: Mapping[str, str] = MappingProxyType(
    {
        "aes-gcm": "NIST CAVP, AES-GCM, gcmEncryptExtIV128.rsp: IV of 96 bits, tag of 128, count 0 of each length",
        "ecdsa-p256-verified": "NIST CAVP, ECDSA of FIPS 186-3, SigVer.rsp, P-256 with SHA-256",
        "ecdsa-p256-made": "NIST CAVP, ECDSA of FIPS 186-3, SigGen.txt, P-256 with SHA-256",
        "ecdsa-secp256k1-made": "cryptography-vectors, asymmetric/ECDSA/SECP256K1/SigGen.txt, with SHA-256",
        "ed25519": "ed25519.cr.yp.to, sign.input, every hundredth line",
    }
)
"""Where each list was published."""


@cache
def published(name: str) -> Sequence[Mapping[str, str]]:
    """A list of records: names as published, values in hexadecimal."""
    read: Any = json.loads(_MATERIAL.read_text(encoding="ascii"))
    found: Sequence[Mapping[str, str]] = read[name]
    return found
