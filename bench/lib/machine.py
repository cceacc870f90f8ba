"""Where a figure was measured: enough to tell why another machine sees another one."""

from __future__ import annotations

import os
import platform
import resource
from functools import cache

from lib.build import Build, Unusable, first_line

# A library of its own costs instructions, what a compiler learnt from a profile saves
# some; Debian's Python is compiled so and does not say it.
PYTHON_FACTS = """
import platform, sysconfig
shared = "libpython" in open("/proc/self/maps").read()
profiled = "--enable-optimizations" in str(sysconfig.get_config_var("CONFIG_ARGS"))
words = ["shared" if shared else "static"] + ["profiled"] * profiled
print("CPython", platform.python_version(), *words)
"""


def processor() -> str:
    try:
        with open("/proc/cpuinfo") as lines:
            for line in lines:
                if line.startswith("model name"):
                    return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


@cache
def python_name(path: str) -> str:
    """As in "CPython 3.11.7 shared"."""
    return first_line(path, "-c", PYTHON_FACTS)


@cache
def lua_name(path: str) -> str:
    """As in "Lua 5.4.4"."""
    return " ".join(first_line(path, "-v").split()[:2])


def interpreter(build: Build, script: str) -> str:
    return lua_name(build.lua) if script.endswith(".lua") else python_name(build.python)


def toolchain(build: Build, script: str) -> str:
    """What an instruction count depends on: figures of other ones are not comparable."""
    compiler = build.compiler.partition(".")[0]
    return f"{interpreter(build, script)}, {compiler}, {platform.machine()}"


def facts(build: Build, *tools: str) -> list[str]:
    """The lines above every table."""
    flags = build.cache.get("CMAKE_BUILD_TYPE", "")
    lines = [
        f"machine   {processor()}, {os.cpu_count()} CPUs",
        f"kernel    {platform.system()} {platform.release()} {platform.machine()}",
        f"versions  {lua_name(build.lua)}, {python_name(build.python)}, "
        f"{build.compiler}, {' '.join(platform.libc_ver())}",
        f"build     {flags}",
        f"load      {os.getloadavg()[0]:.1f}",
    ]
    if tools:
        named = ", ".join(first_line(tool, "--version") for tool in tools)
        lines.insert(3, f"tools     {named}")
    return lines


def raise_limit(descriptors: int) -> None:
    """Of descriptors, for this process and those that it starts."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft >= descriptors:
        return
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, max(hard, descriptors)))
    except (ValueError, OSError) as error:
        raise Unusable(f"{descriptors} descriptors are too many: {error}") from error
