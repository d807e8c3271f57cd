"""What a WSGI server loads: `waitress-serve wsgi:app`; the commands and the scheduler start from it too."""

import gc

# What a process starts with is never garbage: not looked through while it comes, a fifth of the start, nor ever after.
gc.disable()

from app.factory import create_app  # noqa: E402

app = create_app()
gc.freeze()
gc.enable()
