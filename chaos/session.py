"""The process that breaks things: Django is ready, the servers are not started yet."""

import sys

import django

django.setup()  # the models need it

from chaos.conduct import main  # noqa: E402 - see the line above

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
