"""Sign-in by SAML 2.0: python3-saml carries the messages, and what they must say is checked here."""
