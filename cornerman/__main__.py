"""`python -m cornerman`."""

import sys

from cornerman.command import main

sys.exit(main())
