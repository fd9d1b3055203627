"""Settings, one module per way to run: embedded, production, test. All read the environment strictly."""
