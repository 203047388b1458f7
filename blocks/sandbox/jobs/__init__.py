"""What the children do. Only they import these modules: a worker never loads what they load."""
