"""Settings chosen by ENVIRONMENT: development (default), testing, production."""

import os

if os.environ.get("ENVIRONMENT", "development") == "production":
    from config.settings.production import *  # noqa: F403
elif os.environ.get("ENVIRONMENT") == "testing":
    from config.settings.testing import *  # noqa: F403
else:
    from config.settings.development import *  # noqa: F403
