"""Access: who may do and see what, how one proves who she is, and the trail of what was done."""
