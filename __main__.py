"""``python -m indenture``: the command line."""

from .dsl.cli.main import main

main()
