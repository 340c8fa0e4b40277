"""An attacker on released scores, written apart from what protects them: it knows what is published and how scores are made."""
