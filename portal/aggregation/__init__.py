"""Every source asked at once, every record checked, and what of it lights a button."""
