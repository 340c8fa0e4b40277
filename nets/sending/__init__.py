"""Messages to learners: what one is, what becomes of it, and the senders that take it for delivery."""
