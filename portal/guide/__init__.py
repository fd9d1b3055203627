"""What explains the portal to its readers: how to read the buttons, and the accessibility statement."""
