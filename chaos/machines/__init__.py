"""An installation on many machines: two web processes, three workers and the servers, each on a host of its own, with a cable."""
