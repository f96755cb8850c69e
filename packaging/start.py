"""What the bundle starts."""

import os
import sys

from fcm.cli.main import main

# Without a locale python3 takes C.UTF-8 (PEP 538); a Python inside a program does not, and Qt would complain.
if not any(os.environ.get(name) for name in ("LC_ALL", "LC_CTYPE", "LANG")):
    os.environ["LC_CTYPE"] = "C.UTF-8"
sys.exit(main())
