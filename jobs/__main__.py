"""`python -m jobs`: the scheduler, a process of its own, never inside a web worker. Stops on SIGINT or SIGTERM."""

import logging
import signal
import sys
from types import FrameType

from wsgi import app  # first, since it says how a process starts

# isort: split
from jobs import scheduling
from jobs.leader import Leader


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    with app.app_context():
        leader = Leader()
    scheduler = scheduling.build(app.app_context, leader)
    signal.signal(signal.SIGTERM, _stop)
    try:
        scheduler.start()
    except (KeyboardInterrupt, SystemExit):
        scheduler.shutdown()  # waits for what is running: a mail, a letter
    finally:
        with app.app_context():
            leader.release()


def _stop(number: int, frame: FrameType | None) -> None:
    sys.exit(0)


if __name__ == "__main__":
    main()
