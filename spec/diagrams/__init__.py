"""The diagrams that the specification is laid out by, as Mermaid; `mpctls.spec.diagram` reads them."""
