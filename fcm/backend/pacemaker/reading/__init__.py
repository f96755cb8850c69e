"""How a cluster is, asked of one of its nodes: the script that asks, and what its answer means."""

from fcm.backend.pacemaker.reading.reader import ReadingError as ReadingError
from fcm.backend.pacemaker.reading.reader import read as read
from fcm.backend.pacemaker.reading.script import SCRIPT as SCRIPT
