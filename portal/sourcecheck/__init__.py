"""The self-check page for those who connect a system: pasted records, or a live address in a test one."""
