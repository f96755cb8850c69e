"""How well the engine and the forecast hold over recordings: what `fcm validate` prints."""
