"""Whole sessions for tests: in one process or in several, with a record of what each party saw."""
