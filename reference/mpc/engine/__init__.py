"""The two-party engine, profile `half-gates-1`: dual execution with asymmetric privacy; see
docs/engine/half-gates-1.md.
"""
