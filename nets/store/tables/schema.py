"""What every table belongs to, how keys and checks are called, and the random id of rows that learners wrote."""

from typing import Final
from uuid import UUID

from sqlalchemy import Dialect, LargeBinary, MetaData, TypeDecorator, Uuid
from sqlalchemy.types import TypeEngine

metadata: Final = MetaData(
    naming_convention={
        "ix": "%(table_name)s_%(column_0_N_name)s",
        "uq": "%(table_name)s_%(column_0_N_name)s_once",
        "ck": "%(table_name)s_%(constraint_name)s",
        "fk": "%(table_name)s_%(column_0_name)s_known",
        "pk": "%(table_name)s_key",
    }
)


class RandomId(TypeDecorator[UUID]):
    """A random UUID in sixteen bytes on either engine; SQLAlchemy's own type takes thirty-two characters on SQLite."""

    impl = LargeBinary
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[UUID] | TypeEngine[bytes]:
        """The engine's own UUID type where there is one."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(Uuid())
        return dialect.type_descriptor(LargeBinary(16))

    def process_bind_param(self, value: UUID | None, dialect: Dialect) -> UUID | bytes | None:
        """The value as the driver takes it."""
        return value if value is None or dialect.name == "postgresql" else value.bytes

    def process_result_value(self, value: UUID | bytes | None, dialect: Dialect) -> UUID | None:
        """The value as it was bound."""
        return UUID(bytes=value) if isinstance(value, bytes) else value
