"""How do many rows enter a table at once, and how does one statement look for many values?

One statement a table, whatever the number of rows: COPY on PostgreSQL, `executemany` on SQLite, of the very same rows.
Ids are drawn first, in one block, so that children know their parents. Values are those of the models (`Decimal` euros,
aware instants, members of enums, dicts): the types of the columns write them, as everywhere else.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute

from app.extensions import db

_JSON = msgspec.json.Encoder()  # decimals as strings, as published corridors and requests keep them
_INSERT: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


def expect_many() -> None:
    """Say, before writing, that many rows are to come: until the commit PostgreSQL plans the check of a foreign key
    once. `app.factory` asks for a plan at each execution: it suits the lists, and doubles the cost of a row."""
    if _dialect().name == "postgresql":
        db.session.execute(sa.text("SET LOCAL plan_cache_mode = auto"))


def draw_ids(model: type[Any], how_many: int) -> list[int]:
    """`how_many` ids for new rows of this table, growing. On SQLite whoever writes writes alone: the next ones are free
    until the commit. On PostgreSQL ids drawn and not used are lost."""
    if not how_many:
        return []
    table = _table(model)
    if _dialect().name == "postgresql":
        sequence = sa.select(sa.cast(sa.func.pg_get_serial_sequence(table.name, "id"), postgresql.REGCLASS))
        ranks = sa.func.generate_series(1, how_many).table_valued("rank")
        drawn = sa.select(sa.func.nextval(sequence.scalar_subquery()).label("id")).select_from(ranks)
        together = db.session.scalar(sa.select(sa.func.array_agg(drawn.subquery().c.id)))  # one row to read
        assert together is not None, "as many as asked"
        return list(together)
    last = db.session.scalar(sa.select(sa.func.coalesce(sa.func.max(table.c.id), 0)))
    assert last is not None, "coalesced"
    return list(range(last + 1, last + 1 + how_many))


def insert(model: type[Any], names: Sequence[str], rows: Sequence[Sequence[Any]], **common: Any) -> None:
    """Insert these rows, each the values of the columns `names`; `common` are those of every row.

    Raises what SQLAlchemy raises of an INSERT. Nothing is told to the session, which holds none of these rows.
    """
    if not rows:
        return
    table, dialect = _table(model), _dialect()
    by_column = zip(names, zip(*rows, strict=True), strict=True)
    columns = [_written(table.c[name], values, dialect) for name, values in by_column]
    columns += [_written(table.c[name], [value], dialect) * len(rows) for name, value in common.items()]
    write = _copy if dialect.name == "postgresql" else _execute_many
    write(table.name, ", ".join((*names, *common)), list(zip(*columns, strict=True)))


def insert_missing(
    model: type[Any], key: Sequence[str], names: Sequence[str], rows: Sequence[Sequence[Any]], **common: Any
) -> set[Any]:
    """INSERT … ON CONFLICT DO NOTHING of these rows in their order: it waits for a concurrent transaction that inserts
    the same `key` to end, then leaves its rows alone. Returns the first value of each row inserted."""
    if not rows:
        return set()
    table = _table(model)
    chosen = sa.select(
        *_columns_of([table.c[name] for name in names], rows),
        *[sa.literal(value, table.c[name].type) for name, value in common.items()],
    ).where(sa.true())  # without WHERE, SQLite takes ON CONFLICT for a join
    statement = _INSERT[_dialect().name](table).from_select([*names, *common], chosen)
    done = statement.on_conflict_do_nothing(index_elements=key).returning(table.c[names[0]])
    return set(db.session.scalars(done))


def among(column: InstrumentedAttribute[Any], values: Collection[Any]) -> sa.ColumnElement[bool]:
    """`column` is one of these values (texts or whole numbers), sent as one parameter however many they are."""
    if _dialect().name == "postgresql":
        return column == sa.any_(_array(values, column.type))
    return column.in_(sa.select(_each(list(values))))


def _columns_of(columns: Sequence[sa.Column[Any]], rows: Sequence[Sequence[Any]]) -> list[sa.ColumnElement[Any]]:
    """Rows of texts and whole numbers as the columns of a table to select from, sent as one parameter a column."""
    if _dialect().name == "postgresql":
        by_column = zip(columns, zip(*rows, strict=True), strict=True)
        arrays = [_array(values, column.type) for column, values in by_column]
        table = sa.func.unnest(*arrays).table_valued(*(column.name for column in columns)).render_derived()
        return [table.c[column.name] for column in columns]
    each = _each(rows)
    return [sa.func.json_extract(each, f"$[{rank}]") for rank in range(len(columns))]


def _array(values: Collection[Any], kind: sa.types.TypeEngine[Any]) -> sa.ColumnElement[Any]:
    """One parameter. Texts have no length here: a cast to VARCHAR(20)[] would cut them, and find what was not asked."""
    return sa.literal(list(values), postgresql.ARRAY(sa.String() if isinstance(kind, sa.String) else kind))


def _each(values: Sequence[Any]) -> sa.ColumnElement[Any]:
    return sa.func.json_each(_JSON.encode(values).decode()).table_valued("value").c.value


def _table(model: type[Any]) -> sa.Table:
    table = model.__table__
    assert isinstance(table, sa.Table)
    return table


def _dialect() -> sa.Dialect:
    return db.session.get_bind().dialect


def _written(column: sa.Column[Any], values: Sequence[Any], dialect: sa.Dialect) -> list[Any]:
    """These values of a column as the driver takes them."""
    process = _json if isinstance(column.type, sa.JSON) else _processor(column, dialect)
    return list(values) if process is None else [process(value) for value in values]


def _processor(column: sa.Column[Any], dialect: sa.Dialect) -> Callable[[Any], Any] | None:
    return column.type.dialect_impl(dialect).bind_processor(dialect)


def _json(value: Any) -> str:
    return _JSON.encode(value).decode()


def _execute_many(table: str, names: str, rows: list[tuple[Any, ...]]) -> None:
    marks = ", ".join("?" * len(rows[0]))
    db.session.connection().exec_driver_sql(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)


def _copy(table: str, names: str, rows: list[tuple[Any, ...]]) -> None:
    connection = db.session.connection()
    driver: Any = connection.connection.driver_connection
    order = f"COPY {table} ({names}) FROM STDIN"
    base: type[Exception] = connection.dialect.loaded_dbapi.Error
    try:
        with driver.cursor() as cursor, cursor.copy(order) as copy:
            for row in rows:
                copy.write_row(row)
    except base as fault:  # a broken constraint, a timeout: told as those of any other statement
        raise sa.exc.DBAPIError.instance(order, None, fault, base, dialect=connection.dialect) from fault
