"""built.py LLMSYS EXAMPLES: every study of the examples whose rows are points, built as a library, computes what `run` prints."""
import pathlib
import re
import subprocess
import sys
import tempfile

llmsys, examples = sys.argv[1], pathlib.Path(sys.argv[2])
checker = pathlib.Path(__file__).parent.parent / "cli" / "Inputs" / "built_as_run.py"
passed, folded, failed = 0, 0, []
with tempfile.TemporaryDirectory() as folder:
    library, header, report = (f"{folder}/{name}" for name in ("study.so", "study.h", "report.csv"))
    for file in sorted(examples.rglob("*.llmsys")):
        for study in re.findall(r"^study (\w+)", file.read_text(), re.M):
            built = subprocess.run([llmsys, "build", file, "--study", study, "-o", library, "--header", header], capture_output=True, text=True)
            if "a library computes each point by itself" in built.stderr:
                folded += 1
                continue
            steps = [[llmsys, "run", file, "--study", study, "--no-cache", "--format", "csv", "-o", report], [sys.executable, checker, library, header, study, report]]
            said = built.stderr if built.returncode else "".join(subprocess.run(step, capture_output=True, text=True).stderr for step in steps)
            passed += 0 if said else 1
            if said:
                failed.append(f"{file.name}: {study}: {said.strip()}")
print("\n".join(failed + [f"{passed} passed, {len(failed)} failed, {folded} have no points"]))
sys.exit(1 if failed or passed == 0 else 0)
