"""What providers answer, and the clients that their users have."""
