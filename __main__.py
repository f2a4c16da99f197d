"""``python -m indenture``: the command line."""

from .dsl.cli import main

main()
