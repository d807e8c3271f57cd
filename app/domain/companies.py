"""What is known of a company's establishment: its names, its address in the parts of the guides, whether it lives."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Address:
    """As asked by the guide « Présentation du portail », step « Demandeur ». Empty where there is nothing."""

    building: str = ""
    number: str = ""
    extension: str = ""
    street_type: str = ""
    street: str = ""
    complement: str = ""
    postcode: str = ""
    city: str = ""


@dataclass(frozen=True, slots=True)
class Company:
    """An establishment of the register SIRENE."""

    siret: str
    name: str
    trade_name: str
    address: Address
    is_open: bool
