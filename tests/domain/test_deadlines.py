"""Do the delays fall on the guides' days?"""

import datetime as dt

from app.domain import deadlines


def test_seven_days_to_complete():
    """Guide « Les écrans du portail », § 9: deposited on 23/03/2022, expires on 30/03/2022."""
    expires = deadlines.expiry(dt.date(2022, 3, 23), 7)
    assert expires == dt.date(2022, 3, 30)
    assert not deadlines.is_locked(expires, dt.date(2022, 3, 29))
    assert deadlines.is_locked(expires, dt.date(2022, 3, 30))


def test_ten_days_to_remind_and_twenty_to_close():
    asked = dt.date(2023, 8, 7)
    assert deadlines.amendment_reminder(asked, 10) == dt.date(2023, 8, 17)
    assert deadlines.amendment_closing(asked, 20) == dt.date(2023, 8, 27)


def test_days_are_calendar_days_across_a_leap_february():
    assert deadlines.expiry(dt.date(2024, 2, 25), 7) == dt.date(2024, 3, 3)
