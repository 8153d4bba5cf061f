"""Write marks as the files that other platforms take."""
