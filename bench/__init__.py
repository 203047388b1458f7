"""`./dev bench`: how fast the product is, as shipped, against floors measured in the same run."""
