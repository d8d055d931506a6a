"""`python -m kan_trainer` is `kan-train`."""

import sys

from kan_trainer.cli import main

sys.exit(main())
