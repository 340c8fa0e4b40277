"""The gates of the service: what it promises about speed, crashes and power cuts, measured on this machine's loopback."""
