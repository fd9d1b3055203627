"""Simulated vendor systems and the invented people they know. Deletable: nothing below imports it."""
