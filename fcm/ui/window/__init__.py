"""The frame of the window: tree, Actions pane, docks, menus, status bar."""
