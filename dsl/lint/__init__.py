"""What a lawyer and a risk officer would ask of a deal before any figure is worked out."""
