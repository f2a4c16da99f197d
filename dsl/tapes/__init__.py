"""Files of rows beside a deal: the text of a CSV, its cells, its columns."""
