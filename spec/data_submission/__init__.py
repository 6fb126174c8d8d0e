"""Data submission stage: proved commitments to parts of the transcript, and the tree over them."""
