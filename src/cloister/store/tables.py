"""The tables of the records, for any database that SQLAlchemy speaks to."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, LargeBinary, MetaData, String, Table

METADATA = MetaData()

DOCUMENTS = Table(
    "documents",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("environment", String(100), nullable=False),
    Column("tenant", String(100), nullable=False),
    Column("project", String(200), nullable=False),
    Column("kind", String(100)),
    Column("submitter", String(64), nullable=False),
    Column("level", String(16), nullable=False),
    Column("accepted", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),
    Column("lookup", LargeBinary(32), nullable=False),
    Column("lookup_ends", BigInteger, nullable=False),
    Column("lookup_width", BigInteger, nullable=False),
    Column("runs", BigInteger, nullable=False),
    Column("pages", BigInteger, nullable=False),
    Column("grade", BigInteger, nullable=False),
    Column("ended", BigInteger, nullable=False),
    Column("cause", String(16)),
    Column("languages", String(200), nullable=False),
    Column("problem", String(64), nullable=False),
)

ARTEFACTS = Table(
    "artefacts",
    METADATA,
    Column("document", String(64), ForeignKey("documents.id"), primary_key=True),
    Column("artefact", String(16), primary_key=True),
    Column("blob", String(64), nullable=False, unique=True),
    Column("length", BigInteger, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("born_level", String(16), nullable=False),
    Column("born_policy", String(64), nullable=False),
    Column("born_ends", BigInteger, nullable=False),
    Column("born_width", BigInteger, nullable=False),
    Column("level", String(16), nullable=False),
    Column("policy", String(64), nullable=False),
    Column("ends", BigInteger, nullable=False),
    Column("width", BigInteger, nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    Column("cause", String(16)),
)

SERVICE_KEYS = Table(
    "service_keys",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("tenant", String(100), nullable=False),
    Column("owner", String(64), nullable=False),
    Column("digest", LargeBinary(32), nullable=False, unique=True),
    Column("roles", String(200), nullable=False),
    Column("teams", String(4000), nullable=False),
    Column("scopes", String(1000), nullable=False),
    Column("made", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("seal", LargeBinary(32), nullable=False),
)
