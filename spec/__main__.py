"""`python -m mpctls.spec` prints the diagrams with the path of the module that specifies each arrow."""

from .diagram import describe

if __name__ == "__main__":
    print(describe())
