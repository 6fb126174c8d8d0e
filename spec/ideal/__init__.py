"""The ideal functionalities that steps call, each with what a cheating party may do to it: the leakage.

Everything inside "Secure 2PC" is normative through these only; how an engine realises them is its profile.
"""
