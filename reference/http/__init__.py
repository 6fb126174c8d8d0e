"""Where things stand in HTTP/1.1 messages and JSON texts: the Prover's own parse, in transcript offsets."""
