"""One line about the Python that runs this, if netsocket is for it."""

import os
import sys
import sysconfig

if sys.implementation.name == "cpython" and sys.version_info >= (3, 9):
    config = sysconfig.get_config_vars()
    print(
        f"3.{sys.version_info[1]:02d}",
        ".".join(map(str, sys.version_info[:3]))
        + ("t" if config.get("Py_GIL_DISABLED") else ""),
        "headers"
        if os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h"))
        else "bare",
        os.path.realpath(sys.executable),
    )
