"""How fast is the portal, beside stock Flask-Admin, Django admin and the bare database? `make bench`."""
