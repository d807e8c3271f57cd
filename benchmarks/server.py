"""Serve one implementation on a database, as production does, on a listening socket handed down.

`python -m benchmarks.server portal|stock|django URL FOLDER SOCKET` says `READY` on its output once it is built.
"""

import socket
import sys
from pathlib import Path
from typing import Any

import waitress

READY = "ready"
WAITING = 1024 * 1024  # bytes kept for a slow reader: the setting of `Procfile`


def application(which: str, url: str, folder: Path) -> Any:
    """The WSGI application."""
    if which == "portal":
        from app.factory import create_app
        from benchmarks import databases

        return create_app(databases.settings(url, folder))
    if which == "stock":
        from benchmarks.peers import stock

        return stock.create(url)
    from benchmarks.peers import django_site

    django_site.configure({"served": url})
    from django.core.wsgi import get_wsgi_application

    return get_wsgi_application()


if __name__ == "__main__":
    which, url, folder, listening = sys.argv[1:]
    built = application(which, url, Path(folder))
    sys.stdout.write(f"{READY}\n")
    sys.stdout.flush()
    listener = socket.socket(fileno=int(listening))
    waitress.serve(built, sockets=[listener], threads=4, outbuf_high_watermark=WAITING, _quiet=True)
