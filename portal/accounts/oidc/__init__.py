"""Sign-in through an identity provider: allauth carries the flow, every check of what comes back is here."""
