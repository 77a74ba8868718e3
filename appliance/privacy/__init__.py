"""Evidence that what is promised happened."""
