"""The process that measures: Django is ready, the servers run."""

import sys

import django

django.setup()  # the models need it

from bench.rounds import main  # noqa: E402 - see the line above

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
