"""The soundness of gadgets: the tools that decide statements, and the statements themselves."""
