"""What the bundle starts."""

import sys

from fcm.cli import main

sys.exit(main())
