"""What all tests share: servers, and examples that are the same in every run.

`HYPOTHESIS_PROFILE=searching` draws others each time, to look for what the fixed ones miss.
"""

import os

from hypothesis import settings

pytest_plugins = ["tests.servers.fixtures"]

settings.register_profile("fixed", derandomize=True, deadline=None)
settings.register_profile("searching", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))
