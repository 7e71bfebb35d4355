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
from yibao.apps.registry.operations.erasing import (
    ErasureDecided,
    ErasureNotPossible,
    ErasureReasonMissing,
    ask_erasure,
    decide_erasure,
)
from yibao.apps.registry.operations.registration import (
    AlreadyRegistered,
    RegisteredElsewhere,
    register_many,
    register_person,
)
from yibao.apps.registry.operations.revealing import Revealed, RevealUnfounded, reveal
from yibao.apps.registry.people import NewDocument, NewIdentity, NewPerson

__all__ = [
    "AlreadyRegistered",
    "ErasureDecided",
    "ErasureNotPossible",
    "ErasureReasonMissing",
    "NewDocument",
    "NewIdentity",
    "NewPerson",
    "RegisteredElsewhere",
    "RevealUnfounded",
    "Revealed",
    "ask_erasure",
    "decide_erasure",
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
    "reveal",
]
