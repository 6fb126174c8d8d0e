"""The key-exchange diagram: four arrows and the note "Secure 2PC". Its "Verifier" is the Notary here.

In TLS 1.2 the Server's key crosses the wire before the client's; the two do not depend on each other, so
the diagram's order, which is that of TLS 1.3, is kept.
"""
