"""Each primitive once: operands, result, kernels."""
