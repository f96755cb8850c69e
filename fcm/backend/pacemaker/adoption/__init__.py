"""Machines that come under Pacemaker, and leave it again."""
