"""The protocol as executable specification: one folder a stage, one module an arrow of the sequence diagram."""
