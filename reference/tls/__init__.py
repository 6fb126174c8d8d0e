"""TLS 1.2 as a client: codecs, record layer, handshake, certificates, and the socket below them."""
