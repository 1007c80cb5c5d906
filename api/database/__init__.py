"""The durable record: SQLAlchemy tables, one module an aggregate."""
