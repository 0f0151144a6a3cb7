"""A way is configured whole or is off."""

import pytest
from pydantic import ValidationError

from customer_stack.routers import build_channel_routers
from customer_stack.wiring.channels import (
    Channels,
    ChannelSettings,
    build_channel_runners,
)

ALONE = ("open_banking_return_url", "payout_provider")
NAMES = sorted(name for name in ChannelSettings.model_fields if name not in ALONE)


@pytest.mark.parametrize("name", NAMES)
def test_a_way_that_is_half_configured_is_refused_and_what_lacks_is_named(monkeypatch, name):
    monkeypatch.delenv(f"CUSTOMER_{name.upper()}")
    with pytest.raises(ValidationError, match=f"CUSTOMER_{name.upper()}"):
        ChannelSettings()


def test_without_settings_a_way_has_no_route_no_timer_and_no_door(monkeypatch):
    for name in NAMES:
        monkeypatch.delenv(f"CUSTOMER_{name.upper()}")
    chosen = ChannelSettings()
    assert (chosen.merchant, chosen.debtor) == (None, None)
    assert build_channel_routers(Channels()) == []
    assert build_channel_runners(Channels()) == {}


def test_payouts_by_file_need_the_bank_that_takes_files(monkeypatch):
    monkeypatch.setenv("CUSTOMER_PAYOUT_PROVIDER", "bank-file")
    assert ChannelSettings().payout_provider == "bank-file"
    for name in ("NAME", "ACCOUNT", "BIC"):
        monkeypatch.delenv(f"CUSTOMER_BANK_FILE_{name}")
    with pytest.raises(ValidationError, match="payouts by file"):
        ChannelSettings()


@pytest.mark.parametrize("url", ["http://gateway.example/", "ftp://gateway.example/", "gateway", "https://"])
def test_addresses_outside_this_machine_are_https(monkeypatch, url):
    monkeypatch.setenv("CUSTOMER_HOSTED_CHECKOUT_ACTION_URL", url)
    with pytest.raises(ValidationError):
        ChannelSettings()


def test_the_secret_of_the_merchant_is_not_shown():
    assert "MzQ1Njc4OTA=" not in repr(ChannelSettings()) + repr(ChannelSettings().merchant)
