"""What a rule may refuse. The message is French and is shown to the person as it stands."""


class RuleBroken(Exception):
    """A business rule says no. Views answer 422 with the message, jobs a report line, never a 500.

    `field` names the form field the message belongs to, when there is one.
    """

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class IllegalAction(RuleBroken):
    """The action is not open: wrong status or missing comment."""


class NotAllowed(RuleBroken):
    """The person may not do this: role, or a duty already taken on this file. Views answer 403."""


class Conflict(RuleBroken):
    """Somebody else acted meanwhile, or the thing was already done. Views answer 409 and say what happened."""


class Unavailable(Exception):
    """A dependency (store, antivirus, mail server) does not answer, or every place is taken. Views answer 503."""
