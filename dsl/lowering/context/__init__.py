"""What the lowering carries: values, moments, what names stand for, and the one dispatch of expressions."""
