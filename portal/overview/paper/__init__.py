"""What leaves the screen: the printed overview, its PDF, the hand-over sheet; and what a room may see."""
