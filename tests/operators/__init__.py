"""One true statement for every operator and type of predicates, with its proof."""
