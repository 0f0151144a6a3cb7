import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.system


def start(program: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SANDBOX_")}
    command = [sys.executable, "-m", "sandbox", program]
    return subprocess.run(
        command, env=environment | settings, capture_output=True, text=True, timeout=60, check=False
    )


def test_a_program_without_its_secret_says_which_setting_is_missing():
    for program, setting in (
        ("exchange", "SANDBOX_EXCHANGE_KEYS_FILE"),
        ("bank", "SANDBOX_BANK_API_KEY"),
        ("identity", "SANDBOX_IDENTITY_API_KEY"),
    ):
        ended = start(program)
        assert ended.returncode == 2
        assert setting in ended.stderr


def test_an_unreadable_keys_file_is_named():
    ended = start("exchange", SANDBOX_EXCHANGE_KEYS_FILE="/nowhere/keys.json")
    assert ended.returncode == 2
    assert "/nowhere/keys.json" in ended.stderr


def test_a_webhook_url_needs_its_secret():
    ended = start("bank", SANDBOX_BANK_API_KEY="key", SANDBOX_BANK_WEBHOOK_URL="http://127.0.0.1:1/")
    assert ended.returncode == 2
    assert "SANDBOX_BANK_WEBHOOK_SECRET" in ended.stderr


def test_secrets_are_read_from_files_and_a_missing_folder_is_named(tmp_path):
    (tmp_path / "sandbox_bank_api_key").write_text("key\n")
    ended = start(
        "bank", SANDBOX_SECRETS_FOLDER=str(tmp_path), SANDBOX_BANK_WEBHOOK_URL="http://127.0.0.1:1/"
    )
    assert "SANDBOX_BANK_WEBHOOK_SECRET" in ended.stderr
    assert "API_KEY" not in ended.stderr
    ended = start("bank", SANDBOX_SECRETS_FOLDER=str(tmp_path / "missing"))
    assert ended.returncode == 2
    assert ended.stderr.startswith("SANDBOX_SECRETS_FOLDER names no folder")
