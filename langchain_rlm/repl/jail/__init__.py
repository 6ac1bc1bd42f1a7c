"""What the operating system holds workers with, whatever runs in them."""
