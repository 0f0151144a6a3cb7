"""What the gate decides, pure."""
