"""What stands in the place of an operation: its number, one of its operands, fewer or earlier operations.

`literals` and `identities` never change a value and serve the builder of equations as well as the plan of a run;
`forms` is the builder's alone, because it changes the order of operations and with it the last bit; `masks` is the
plan's alone, because it is about what numpy does well.
"""
