"""The facts of TLS 1.2 that the protocol rests on: key schedule, record protection, handshake data, server
identity.
"""
