"""Fixtures of the black box tests: a whole platform in a temporary folder, on free ports."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from bulkhead_local.installation import Installation
from bulkhead_local.layout import Ports, Stack
from bulkhead_local.postgres import Server

TESTS = Path(__file__).resolve().parent

Build = Callable[[Mapping[Stack, Mapping[str, str]]], Installation]


@pytest.fixture
def build_installation(tmp_path: Path) -> Iterator[Build]:
    """Give a function that starts a platform beside whatever else runs; it is stopped after the test.

    Its servers flush to disk, as real ones do: faults are only worth testing on durable data.
    """
    started: list[Installation] = []

    def build(settings: Mapping[Stack, Mapping[str, str]]) -> Installation:
        one = Installation(tmp_path / f"run{len(started)}", Ports.free(), settings=settings)
        started.append(one)
        one.start()
        return one

    yield build
    for one in started:
        folders = [server.folder for server in one.servers.values()]
        one.stop()
        for folder in folders:
            Server(folder).forget_socket()


@pytest.fixture
def installation(build_installation: Build) -> Installation:
    """Give a running platform with the usual settings."""
    return build_installation({})


@pytest.fixture
def start_journey() -> Iterator[Callable[[Installation], subprocess.Popen[str]]]:
    """Give a function that starts the journey against a platform, as a program of its own."""
    running: list[subprocess.Popen[str]] = []

    def start(installation: Installation) -> subprocess.Popen[str]:
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(TESTS), "PYTHONUNBUFFERED": "1"}
        process = subprocess.Popen(
            [sys.executable, "-m", "journeys.wager_journey", "--state", str(installation.state_file)],
            cwd=TESTS,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        running.append(process)
        return process

    yield start
    for process in running:
        if process.poll() is None:
            process.kill()
        process.communicate()
