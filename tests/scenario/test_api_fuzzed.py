"""The whole schema against a real server: examples, coverage, fuzzing and stories of several requests, by schemathesis."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from backstay.interfaces.api.schema import schema
from tests.full import make_full
from tests.programs import program
from tests.serving import serving

# What an answer may be where the schema alone cannot know: a rule refuses, a condition or a key does not hold.
CONFIG = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", 400, 401, 403, 404, 409, 412, 422, 428]
[checks.negative_data_rejection]
expected-statuses = [400, 401, 403, 404, 405, 406, 409, 412, 413, 414, 415, 422, 428]
[checks.missing_required_header]
expected-statuses = [400, 401, 415, 422]
"""


@pytest.mark.parametrize(
    ("examples", "seconds"),
    [
        pytest.param(1, 60, id="short"),
        pytest.param(60, 700, id="long", marks=pytest.mark.long),
    ],
)
def test_the_whole_schema(
    database: str, tmp_path: Path, examples: int, seconds: int, record_property: Any
) -> None:
    """No 500, no answer that is not described, nothing accepted that the schema forbids, in no phase."""
    api = program(make_full(16))
    described, config = tmp_path / "openapi.json", tmp_path / "schemathesis.toml"
    described.write_text(json.dumps(schema()))
    config.write_text(CONFIG)
    with serving(tmp_path, BACKSTAY_API_RATE="1000000") as address:
        done = subprocess.run(
            [
                sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run", str(described), "--url", address,
                "-H", f"Authorization: Bearer {api.token}", "--phases", "examples,coverage,fuzzing,stateful", "--max-examples", str(examples), "--max-time", str(seconds),
                "--seed", "7", "--continue-on-failure", "--suppress-health-check", "all", "--request-timeout", "60", "--warnings", "off",
            ],
            capture_output=True, text=True, cwd=tmp_path,
        )  # fmt: skip
    assert done.returncode == 0, done.stdout[-12_000:] + done.stderr[-2000:]
    count = sum(len(ways) for ways in schema()["paths"].values())
    assert f"Tested: {count}" in done.stdout
    record_property("figures", next(line.strip() for line in done.stdout.splitlines() if "generated" in line))
