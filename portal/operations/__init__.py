"""For those who run the portal: what the work in the background has done, and what is measured."""
