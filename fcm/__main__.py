"""``python -m fcm``."""

import sys

from fcm.cli import main

sys.exit(main())
