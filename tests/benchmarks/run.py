"""Measure how fast everything is, and print it as tables; nothing here passes or fails.

    python tests/benchmarks/run.py                    all parts, about an hour
    python tests/benchmarks/run.py --quick            all parts, with fewer repeats, about 20 minutes
    python tests/benchmarks/run.py maths              one part: maths, kernel, ten, memory, browser or static_site

Times depend on the machine, and on what else it does: compare the ratios. PyTorch is optional.
"""

import argparse
import importlib
import os
import platform
import sys
import time
from importlib.metadata import version
from pathlib import Path

# Kernels find the modules of this folder, too.
os.environ["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
PARTS = ("maths", "kernel", "ten", "memory", "browser", "static_site")


def show(title, head, rows):
    """Print a Markdown table; what is not text in its columns is set to the right."""
    widths = [max(len(str(row[column])) for row in [head, *rows]) for column in range(len(head))]
    left = [all(str(row[column])[:1].isalpha() for row in rows) for column in range(len(head))]
    print(f"\n{title}\n")
    for row in [head, ["-" * width for width in widths], *rows]:
        cells = (
            str(c).ljust(w) if on_left else str(c).rjust(w) for c, w, on_left in zip(row, widths, left, strict=True)
        )
        print(f"| {' | '.join(cells)} |")
    sys.stdout.flush()


def machine():
    """Say what this runs on."""
    cpu = platform.processor()
    if Path("/proc/cpuinfo").exists():
        models = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
        cpu = models[0].partition(":")[2].strip() if models else cpu
    load = f", load {os.getloadavg()[0]:.1f} at the start" if hasattr(os, "getloadavg") else ""
    packages = ("numpy", "matplotlib", "ipywidgets", "ipykernel", "jupyterlab")
    return (
        f"{cpu or 'unknown CPU'}, {os.cpu_count()} cores{load}; {platform.platform()}\n"
        f"Python {platform.python_version()}, {', '.join(f'{name} {version(name)}' for name in packages)}"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", nargs="?", choices=PARTS, help="the one part to run; all without it")
    parser.add_argument("--quick", action="store_true", help="fewer repeats")
    arguments = parser.parse_args()
    print(machine())
    for part in [arguments.part] if arguments.part else PARTS:
        start = time.perf_counter()
        importlib.import_module(part).run(show, arguments.quick)
        print(f"\n({part}: {time.perf_counter() - start:.0f} s)")


if __name__ == "__main__":
    main()
