"""Column types that read the same on SQLite and on PostgreSQL."""

import datetime as dt
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from app.domain.labelled import Labelled


class Money(sa.TypeDecorator[Decimal]):
    """Euros in Python (`Decimal`), whole cents in the database: SQLite would keep a NUMERIC as a float."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Any) -> int | None:
        if value is None:
            return None
        cents = Decimal(value) * 100
        if cents != cents.to_integral_value():
            raise ValueError(f"{value} has more than two decimals: round it in app.domain.amounts")
        return int(cents)

    def process_result_value(self, value: int | None, dialect: Any) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-2)


class UtcDateTime(sa.TypeDecorator[dt.datetime]):
    """An aware instant, UTC. SQLite forgets the zone, so it is put back on reading."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Any) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        return value.astimezone(dt.UTC)

    def process_result_value(self, value: dt.datetime | None, dialect: Any) -> dt.datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


def enum_column(enum_class: type[Labelled], name: str = "") -> sa.Enum:
    """A short string with a CHECK, never a native PostgreSQL type (adding a value stays easy).

    `name` tells apart two columns of one table with the same list: PostgreSQL refuses two CHECKs of one name.
    """
    return sa.Enum(
        enum_class,
        native_enum=False,
        create_constraint=True,
        length=32,
        name=name or enum_class.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )


def labelled(text: str, **more: Any) -> dict[str, Any]:
    """A column's French label, written once: grids, forms, detail pages and exports read it from `info`."""
    return {"label": text, **more}
