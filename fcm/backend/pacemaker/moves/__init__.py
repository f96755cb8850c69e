"""Live migrations that Pacemaker carries out: ordered, followed, canceled, found, and put right afterwards."""
