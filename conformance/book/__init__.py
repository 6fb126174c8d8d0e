"""The specification as a book: pages for a static site, made from docstrings, diagrams, forms and vectors."""
