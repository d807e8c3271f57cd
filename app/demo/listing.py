"""The demo accounts, as `flask demo` prints them."""

from app.demo import people
from app.domain.enums import Role


def accounts() -> list[dict[str, str]]:
    """One line per account: role, login, password, name; staff have a totp_secret, suppliers siret, ans and couloir."""
    staff = [
        {
            "role": one.role.value,
            "login": one.username,
            "password": people.PASSWORD,
            "name": one.full_name,
            "totp_secret": one.totp_secret,
        }
        for one in people.STAFF
    ]
    suppliers = [
        {
            "role": Role.SUPPLIER.value,
            "login": one.username,
            "password": people.PASSWORD,
            "name": one.name,
            "siret": one.siret,
            "ans": one.ans,
            "couloir": one.corridor,
        }
        for one in people.SUPPLIERS
    ]
    return suppliers + staff
