"""The Migration Wall: all running and recent live migrations side by side, on shared axes."""

from fcm.ui.migration.wall.window import MigrationWall as MigrationWall
