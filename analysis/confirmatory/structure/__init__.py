"""What a factor model says, and the moments that it implies."""
