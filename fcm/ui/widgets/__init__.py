"""Parts that pages, dialogs and wizards are made of."""
