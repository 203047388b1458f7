"""The real implementations of the ports: the network, language models, templates."""
