"""What is around the page: console tree, Actions pane, docks, messages, status bar."""
