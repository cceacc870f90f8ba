"""The suite on other fronts: what is chosen, what is not offered, what is expected."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from support.fronts.agent_process import Agent, AgentDied
from support.fronts.choice import BadFront, chosen, parse
from support.machine_lag import PATIENCE

TESTS = Path(__file__).resolve().parents[1]
CASES = str(TESTS / "conformance" / "test_stream.py")
HELLO = (
    '{"protocol": %d, "name": "none", "language": "other", "answers": "outcomes", '
    '"offers": [%s]}'
)
# Answers each request with this line, or dies of it.
AGENT = """
import os, signal, sys
print(sys.argv[1], flush=True)
for line in sys.stdin:
    if sys.argv[2] == "die" and "reset" not in line:
        os.kill(os.getpid(), signal.SIGSEGV)
    print(sys.argv[2] if "reset" not in line else '{"outcome": "value"}', flush=True)
"""


@pytest.fixture
def agent(tmp_path: Path) -> Path:
    file = tmp_path / "agent.py"
    file.write_text(AGENT)
    return file


def run(*args: str) -> tuple[int, str]:
    command = [
        sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider",
        "-p", "no:hypothesispytest", "--rootdir", str(TESTS.parent), *args,
    ]  # fmt: skip
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    done = subprocess.run(
        command,
        env=environment,
        capture_output=True,
        text=True,
        cwd=TESTS.parent,
        timeout=PATIENCE,
    )
    return done.returncode, done.stdout + done.stderr


def test_without_a_word_the_fronts_are_ours() -> None:
    assert list(chosen([])) == ["python", "lua"]


@pytest.mark.parametrize(
    "text", ["x", "x=", "=exec:true", "x=lua:a,b,c", "x=perl:y", "x=python:absent"]
)
def test_a_front_that_cannot_be_read(text: str) -> None:
    with pytest.raises(BadFront):
        parse(text)


def test_two_fronts_of_one_name() -> None:
    with pytest.raises(BadFront, match="two fronts"):
        chosen(["a=exec:true", "a=exec:false"])


def test_lua_paths() -> None:
    spec = parse("x=lua:lua5.3,/a/?.lua,/b/?.so,net.socket")
    assert spec.command[0] == "lua5.3"
    assert spec.environment["LUA_PATH"].startswith("/a/?.lua;")
    assert spec.environment["LUA_CPATH"] == "/b/?.so;;"


def test_a_death_has_its_signal_and_call(agent: Path) -> None:
    own = Agent([sys.executable, str(agent), HELLO % (1, '"*"'), "die"], os.environ)
    try:
        own.send("call", path=["pair_stream"], call="pair_stream()")
        with pytest.raises(AgentDied, match=r"ended by SIGSEGV in pair_stream\(\)"):
            own.answer()
    finally:
        own.end()


def test_another_protocol_is_refused(agent: Path) -> None:
    with pytest.raises(AgentDied, match="protocol 2"):
        Agent([sys.executable, str(agent), HELLO % (2, ""), "die"], os.environ)


def test_what_is_not_offered_is_no_failure(agent: Path) -> None:
    hello = HELLO % (1, '"MODULE.pair_stream"')
    answer = '{"outcome": "not offered", "what": "pairs"}'
    front = f"x=exec:{sys.executable} {agent} '{hello}' '{answer}'"
    status, said = run(CASES, "--front", front, "-k", "end_of_stream or sigpipe")
    assert status == 0, said
    assert re.search(r"\d+ not offered", said), said
    assert "failed" not in said and "passed" not in said, said


def test_ids_do_not_depend_on_the_fronts(agent: Path) -> None:
    _, ours = run(CASES, "--list")
    _, other = run(CASES, "--list", "--front", f"x=exec:{agent}")
    cases = re.findall(r"^stream\.\S+  \w+$", ours, re.MULTILINE)
    assert len(cases) > 20
    assert cases == re.findall(r"^stream\.\S+  \w+$", other, re.MULTILINE)


def test_cases_of_a_file_that_moved_keep_their_ids(tmp_path: Path) -> None:
    """Known by the name of the file where they were, with their parameters."""
    file = tmp_path / "expect.toml"
    former = "unix_path.stale_path[bind_unix_stream-bind_unix_dgram]"
    file.write_text(f'[[expect]]\ncase = "{former}"\nfront = "lua"\nreason = "a trial"\n')
    moved = str(TESTS / "conformance" / "test_unix_unlink.py")
    status, said = run(moved, "--expect", str(file), "-k", "stale_path")
    assert status == 1, said
    assert said.count("passed, and was expected to fail: a trial") == 1


def test_expected_failures(tmp_path: Path) -> None:
    """A failure that is known passes; a case that was to fail and passes fails."""
    file = tmp_path / "expect.toml"
    _, listed = run(CASES, "--list")
    case = re.findall(r"^(stream\.[^\s\[]+)  \w+$", listed, re.MULTILINE)[0]
    one = f'[[expect]]\ncase = "{case}"\nfront = "lua"\nreason = "a trial"\n'
    file.write_text(one)
    name = case.partition(".")[2]
    status, said = run(CASES, "--expect", str(file), "-k", name)
    assert status == 1, said
    assert "passed, and was expected to fail: a trial" in said
