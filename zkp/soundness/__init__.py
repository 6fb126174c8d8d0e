"""What each gadget forces, decided by search, solver and propagation; broken twins, caught."""
