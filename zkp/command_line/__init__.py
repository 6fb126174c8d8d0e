"""The program `python -m mpctls.zkp`: proving and verifying with the files of circom and snarkjs."""
