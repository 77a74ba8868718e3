"""Who may look: passwords, session cookies and the login form, all served by ourselves."""
