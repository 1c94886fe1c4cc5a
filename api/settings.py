"""The settings of a node: each with its name, type and meaning, read from the environment; a secret has no default."""

import os
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SecretsSettingsSource, SettingsConfigDict

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
    register_url: SecretStr | None = Field(
        default=None, description="The register's database; without it a SQLite file in the data directory."
    )
    records_a_day: int = Field(
        default=RECORDS_A_DAY, ge=1, description="How many different records one officer may see in a day."
    )
    host: str = Field(default="127.0.0.1", description="The address that the node listens on.")
    port: int = Field(
        default=8470, ge=0, le=65535, description="The port that the node listens on; 0 takes a free one."
    )
    certificate: Path | None = Field(
        default=None,
        description="The certificate, in PEM, under which this node speaks to other states; without it, to none.",
    )
    certificate_key: Path | None = Field(default=None, description="The private key of that certificate, in PEM.")
    secrets: Path | None = Field(
        default=None,
        description="A folder with a file for each secret, named like its setting; environment goes first.",
    )
    peer_host: str = Field(default="127.0.0.1", description="The address that other states' nodes ask at.")
    peer_port: int = Field(
        default=8471, ge=0, le=65535, description="The port that other states' nodes ask at; 0 takes a free one."
    )
    metrics_host: str = Field(default="127.0.0.1", description="The address at which figures can be read.")
    metrics_port: int | None = Field(
        default=None,
        ge=0,
        le=65535,
        description="The port at which Prometheus reads figures, 0 for a free one; without it, none.",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read the environment, and then the folder of secrets that it names."""
        folder = os.environ.get("SANGAM_SECRETS")
        files = (SecretsSettingsSource(settings_cls, secrets_dir=folder),) if folder else ()
        return init_settings, env_settings, *files


def filed_secrets() -> set[str]:
    """Name the settings, as the environment would, that a file gives."""
    folder = os.environ.get("SANGAM_SECRETS")
    return {path.name.upper() for path in Path(folder).iterdir()} if folder and Path(folder).is_dir() else set()


def revealed(value: SecretStr | None) -> str | None:
    """Give what a secret setting holds."""
    return value.get_secret_value() if value is not None else None
