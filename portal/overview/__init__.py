"""The page of one patient: streamed overview, detail per button, who has answered."""
