"""The settings of a node: each with its name, type and meaning, read from the environment; a secret has no default."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from desk.looking import RECORDS_A_DAY, Stamp
from schemas.codes.states import StateCode


class Settings(BaseSettings):
    """One node's settings, `SANGAM_<NAME>` in the environment."""

    model_config = SettingsConfigDict(env_prefix="SANGAM_", frozen=True, extra="ignore")

    state: StateCode = Field(description="The state whose node this is, such as IN-RJ.")
    data: Path = Field(description="The directory, closed to others, for keys, register and the local graph.")
    stamp: Stamp = Field(default=Stamp.LIVE, description="What the stores are made for, fixed when they are made.")
    graph_uri: str | None = Field(
        default=None, description="An existing Neo4j, bolt:// or neo4j://; without it a local one is started."
    )
    graph_user: str = Field(default="neo4j", description="The user at an existing Neo4j.")
    graph_password: SecretStr | None = Field(default=None, description="The password at an existing Neo4j.")
    register_url: str | None = Field(
        default=None, description="The register's database; without it a SQLite file in the data directory."
    )
    records_a_day: int = Field(
        default=RECORDS_A_DAY, ge=1, description="How many different records one officer may see in a day."
    )
    host: str = Field(default="127.0.0.1", description="The address that the node listens on.")
    port: int = Field(
        default=8470, ge=0, le=65535, description="The port that the node listens on; 0 takes a free one."
    )
