"""Many runs of one version, with what is expected of each: test cases of a graph, and rows of a data set."""
