import os
import sys

sys.path.insert(0, os.path.join(config.source_root, "test"))
from lit_format import RunLines

config.name = f"llmsys-{config.suite}"
config.test_format = RunLines(execute_external=False)
config.suffixes = [".llmsys", ".test"]
config.test_source_root = os.path.join(config.source_root, config.suite)
config.test_exec_root = os.path.join(config.binary_root, "test", "lit", config.suite, "output")

# By PATH, not by substitution: `llmsys` is also how files end.
config.environment["PATH"] = os.pathsep.join([os.path.join(config.binary_root, "bin"), config.llvm_tools, os.environ["PATH"]])
config.environment["NO_COLOR"] = "1"
# Each test compiles what it runs; nothing is written into the home of whoever runs the tests.
config.environment["XDG_CACHE_HOME"] = "/dev/null"
# Ranks on one machine, in a container without any user but root.
config.environment["OMPI_ALLOW_RUN_AS_ROOT"] = config.environment["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1"
# No diagnostic that a test does not expect: without this, what comes before the first CHECK line would pass.
config.environment["FILECHECK_OPTS"] = "--implicit-check-not=error[E --implicit-check-not=warning[W"
if not config.no_pages:
    config.available_features.add("pages")
config.substitutions += [
    ("%examples", os.path.join(config.source_root, "examples")),
    ("%std", os.path.join(config.source_root, "stdlib")),
    ("%python", config.python),
    ("%mpirun", "env ASAN_OPTIONS=detect_leaks=0 mpirun --oversubscribe --bind-to none"),   # what MPI never frees is not ours
]
