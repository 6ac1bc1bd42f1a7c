"""For the tests of users."""
