"""The floor below the apps: the PostgreSQL server, its roles, the wall, the writer."""
