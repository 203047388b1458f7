"""`python -m agentloom_client VERB …`"""

import sys

from agentloom_client.cli import main

sys.exit(main())
