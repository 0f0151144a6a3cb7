"""Settings of the programs, read from the environment with the prefix SANDBOX_.

A setting may also be a file of the folder SANDBOX_SECRETS_FOLDER, named like the variable, in lower case or
not: `sandbox_bank_api_key`. Where both are given, the variable counts.

Guaranteed:
- no secret has a default: a program without its keys does not start;
- a folder that is named and not there is refused;
- without SANDBOX_STATE_DIR a program keeps its state in memory only, and says so at /health.
"""

import os
from decimal import Decimal
from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)
from typing_extensions import override

from sandbox.exchange.limits import Tier


class SecretsFolderMissing(Exception):
    """The folder with secrets is not there."""


class SandboxSettings(BaseSettings):
    """What all programs share."""

    model_config = SettingsConfigDict(env_prefix="SANDBOX_", extra="ignore")

    host: str = "127.0.0.1"
    state_dir: Path | None = None
    seed: int = 1

    @classmethod
    @override
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read what is given, then the environment, then the folder. Raises SecretsFolderMissing."""
        folder = os.environ.get("SANDBOX_SECRETS_FOLDER", "")
        if not folder:
            return init_settings, env_settings
        if not Path(folder).is_dir():
            raise SecretsFolderMissing("SANDBOX_SECRETS_FOLDER names no folder. Mount it, or unset it.")
        return init_settings, env_settings, SecretsSettingsSource(settings_cls, secrets_dir=folder)

    def journal_path(self, program: str) -> Path | None:
        """Return where `program` keeps its facts, or None for memory only."""
        return None if self.state_dir is None else self.state_dir / f"{program}.journal"


class ExchangeSettings(SandboxSettings):
    """The exchange. The keys file is JSON: {"<key id>": "<PEM of an RSA or Ed25519 public key>"}.

    The tier is the member's usage level: how many requests a second it may send (exchange/limits.py).
    """

    exchange_port: int = 9001
    exchange_keys_file: Path
    exchange_clock_tolerance_seconds: int = Field(default=60, ge=1)
    exchange_liquidity_interval_ms: int = Field(default=1000, ge=10)
    exchange_settlement_timer_seconds: int = Field(default=1, ge=0)
    exchange_tier: Tier = Tier.PREMIER
    exchange_ping_seconds: float = Field(default=10, gt=0)


class BankSettings(SandboxSettings):
    """The bank. Without a webhook URL events are kept and delivered once a URL is given."""

    bank_port: int = 9002
    bank_api_key: SecretStr
    bank_webhook_url: str | None = None
    bank_webhook_secret: SecretStr | None = None
    bank_account: str = "collection"
    bank_opening_balance: Decimal = Field(default=Decimal("0.00"), ge=0, decimal_places=2)
    bank_currency: str = "LKR"
    bank_payout_delay_ms: int = Field(default=400, ge=0)
    bank_webhook_jitter_ms: int = Field(default=300, ge=0)

    @model_validator(mode="after")
    def check_webhook_secret(self) -> Self:
        if self.bank_webhook_url is not None and self.bank_webhook_secret is None:
            raise ValueError("SANDBOX_BANK_WEBHOOK_URL needs SANDBOX_BANK_WEBHOOK_SECRET")
        return self


class IdentitySettings(SandboxSettings):
    """The identity vendor. Without a webhook URL callbacks are kept and delivered once a URL is given."""

    identity_port: int = 9003
    identity_api_key: SecretStr
    identity_webhook_url: str | None = None
    identity_webhook_secret: SecretStr | None = None
    identity_delay_ms: int = Field(default=400, ge=0)
    identity_webhook_jitter_ms: int = Field(default=300, ge=0)

    @model_validator(mode="after")
    def check_webhook_secret(self) -> Self:
        if self.identity_webhook_url is not None and self.identity_webhook_secret is None:
            raise ValueError("SANDBOX_IDENTITY_WEBHOOK_URL needs SANDBOX_IDENTITY_WEBHOOK_SECRET")
        return self


class AcquirerSettings(SandboxSettings):
    """The card acquirer. Without a webhook URL events are kept and delivered once a URL is given."""

    acquirer_port: int = 9004
    acquirer_api_key: SecretStr
    acquirer_webhook_url: str | None = None
    acquirer_webhook_secret: SecretStr | None = None
    acquirer_delay_ms: int = Field(default=400, ge=0)
    acquirer_webhook_jitter_ms: int = Field(default=300, ge=0)

    @model_validator(mode="after")
    def check_webhook_secret(self) -> Self:
        if self.acquirer_webhook_url is not None and self.acquirer_webhook_secret is None:
            raise ValueError("SANDBOX_ACQUIRER_WEBHOOK_URL needs SANDBOX_ACQUIRER_WEBHOOK_SECRET")
        return self
