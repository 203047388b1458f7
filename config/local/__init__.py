"""What `./dev` does on one machine: servers, processes, checks. Needs no Django settings."""
