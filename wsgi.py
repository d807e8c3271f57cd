"""What a WSGI server loads: `waitress-serve wsgi:app`."""

from app.factory import create_app

app = create_app()
