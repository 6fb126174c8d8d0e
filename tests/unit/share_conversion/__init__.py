"""Share conversion held against the values that are shared, and against parties that shift messages."""
