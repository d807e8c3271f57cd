"""What would the same lists be without our grid? Stock Flask-Admin and Django admin on the same tables, well set up."""
