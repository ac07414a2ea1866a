"""Break the project on purpose, one thing at a time in a copy, and see that a test notices: breaks.py [words]

breaks.toml lists the breaks. With words, only those run whose name has one of them. A break is noticed when the tests
that are named with it fail; they must pass without it, which is what the whole suite is for.
"""

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BREAKS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))["break"]
UNWANTED = shutil.ignore_patterns(".git", ".venv*", "*.egg-info", "__pycache__", ".*_cache", ".hypothesis", "build")
TESTS_FAILED = 1  # pytest's exit status


def problem(copy, file, old, new, tests, name):
    """Try one break in the copy, and mend it again; return what is wrong, or None where the tests notice."""
    path = copy / file
    whole = path.read_bytes()
    if old.encode() not in whole:
        return f"{file} has no such text: {old}"
    path.write_bytes(whole.replace(old.encode(), new.encode(), 1))
    modules = os.pathsep.join(map(str, (copy, copy / "notebooks", copy / "server")))
    command = [sys.executable, "-B", "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *shlex.split(tests)]
    env = os.environ | {"PYTHONPATH": modules, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=copy, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    path.write_bytes(whole)
    if done.returncode != TESTS_FAILED:
        return f"pytest {tests} ended with {done.returncode}: " + done.stdout.decode().strip().splitlines()[-1]
    return None


def main(words):
    chosen = [one for one in BREAKS if not words or any(word in one["name"] for word in words)]
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(ROOT, copy, ignore=UNWANTED)
        for one in chosen:
            found = problem(copy, **one)
            print(f"{'NOT NOTICED' if found else 'noticed':12}{one['name']}  {found or ''}", flush=True)
            missed += found is not None
    print(f"{len(chosen) - missed} of {len(chosen)} noticed")
    return missed > 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
