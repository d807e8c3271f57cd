"""A server that has loaded everything and forks one that serves for each port it reads: a start in no time."""

import os
import signal
import sys

import waitress

from app.factory import create_app


def main() -> None:
    app = create_app()  # it opens no connection: nothing is shared after the fork
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            waitress.serve(app, listen=f"127.0.0.1:{int(line)}", threads=1)
            os._exit(0)
        print(pid, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
