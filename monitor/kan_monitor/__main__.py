"""`python -m kan_monitor` is `kan-monitor`."""

import sys

from kan_monitor.cli import main

sys.exit(main())
