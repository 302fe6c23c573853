"""Python reads this file at its start if its folder is on PYTHONPATH. It runs under any Python, also under an old one.

It loads the hook if the variables ask for it, and then the `sitecustomize` that Python would have read without us.
"""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))

if os.environ.get("KUCOIN_SIMULATOR_LEAD"):
    if sys.version_info >= (3, 7):
        import kucoin_simulator_hook  # type: ignore[import-not-found]  # it is beside this file

        kucoin_simulator_hook.install_from_environment(os.environ)
    else:
        sys.stderr.write("kucoin-simulator: Python is older than 3.7, so KuCoin's hosts do not lead to the simulator\n")

sys.path[:] = [path for path in sys.path if os.path.abspath(path or ".") != HERE]
_ours = sys.modules.pop("sitecustomize", None)
try:
    import sitecustomize  # type: ignore[import-not-found]  # noqa: F401 - the next one on the path
except ImportError as error:
    if getattr(error, "name", "sitecustomize") != "sitecustomize":
        raise
finally:
    if "sitecustomize" not in sys.modules and _ours is not None:
        sys.modules["sitecustomize"] = _ours
