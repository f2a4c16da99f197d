"""The words of the language itself: currencies, units, what a place wants, its functions, the fields of curves."""
