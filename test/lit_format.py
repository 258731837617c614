"""A module of its own, so that lit can send it to its workers."""
import pathlib

import lit.formats


class RunLines(lit.formats.ShTest):
    """Tests are the files with a RUN line; a file without one is something that tests import."""

    def getTestsInDirectory(self, suite, path, lit_config, local_config):
        for test in super().getTestsInDirectory(suite, path, lit_config, local_config):
            if "RUN:" in pathlib.Path(test.getSourcePath()).read_text(encoding="utf-8", errors="replace"):
                yield test
