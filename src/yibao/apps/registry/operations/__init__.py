"""What changes the register: persons, documents, households, standings."""

from yibao.apps.registry.operations.changes import (
    record_death,
    record_departure,
    record_document,
    record_identities,
    record_identity,
)
from yibao.apps.registry.operations.elsewhere import (
    indexes_elsewhere,
    number_exists_elsewhere,
    numbers_elsewhere,
)
from yibao.apps.registry.operations.registration import (
    AlreadyRegistered,
    RegisteredElsewhere,
    register_many,
    register_person,
)
from yibao.apps.registry.people import NewDocument, NewIdentity, NewPerson

__all__ = [
    "AlreadyRegistered",
    "NewDocument",
    "NewIdentity",
    "NewPerson",
    "RegisteredElsewhere",
    "indexes_elsewhere",
    "number_exists_elsewhere",
    "numbers_elsewhere",
    "record_death",
    "record_departure",
    "record_document",
    "record_identities",
    "record_identity",
    "register_many",
    "register_person",
]
