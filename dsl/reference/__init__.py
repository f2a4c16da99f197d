"""Pages that are made from the product: the library's and the errors'."""
