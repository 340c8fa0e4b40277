"""The survey manager's pages: campaigns, whom they reach, who has answered, and the releases made of them."""
