"""Domain mutants: the specification with one check removed or weakened, which vectors must tell from it."""
