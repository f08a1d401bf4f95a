"""The base of every noun: frozen and closed, so that a typing error cannot pass as data."""

from pydantic import BaseModel, ConfigDict


class Noun(BaseModel):
    """A frozen value that knows no other fields than its own."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, defer_build=True)
