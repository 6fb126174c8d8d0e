"""One property a step: where its inputs come from and what the specification says of them."""
