"""Hash bridges: a hash commitment of an attestation and a bare commitment hold the same octets."""
