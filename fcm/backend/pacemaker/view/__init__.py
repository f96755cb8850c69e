"""How a Pacemaker cluster looks in fcm's terms: from facts to events."""

from fcm.backend.pacemaker.view.view import PacemakerView as PacemakerView
