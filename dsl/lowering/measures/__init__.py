"""Reports, checks and the field's figures."""
