"""What must be true before real people come, asked for real."""
