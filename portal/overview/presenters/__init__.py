"""Finished words for the templates. No template composes a sentence, and no rule lives here."""
