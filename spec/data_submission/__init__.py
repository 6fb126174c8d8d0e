"""Data submission stage: commitments to parts of the transcript, proved to the Notary, and the tree over
them.
"""
