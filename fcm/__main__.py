"""``python -m fcm``."""

import sys

from fcm.cli.main import main

sys.exit(main())
