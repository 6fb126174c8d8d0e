"""The foundation: canonical encoding, ranges, trees, signatures, transcripts, stored files."""
