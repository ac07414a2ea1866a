"""Build the site that needs no server: python .lite/build.py [--pyodide FOLDER] [OUTPUT]

It makes a folder of static files, by default site/: JupyterLite, the notebooks, and wheels of the project and of what
it needs. Python itself comes from Pyodide's CDN, or from FOLDER, an unpacked release of Pyodide: what the site
needs of it is copied.
"""

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
PYODIDE = "0.27.7"  # public reports say of newer kernels that they hang in Safari, which cannot switch stacks (JSPI)
CDN = f"https://cdn.jsdelivr.net/pyodide/v{PYODIDE}/full/"
CORE = ["pyodide.js", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json"]
FROM_PYODIDE = ["numpy", "matplotlib", "ipython", "jedi", "micropip"]
FROM_PYPI = ["ipywidgets==8.1.7", "comm==0.2.3"]
EXTENSION = "jupyterlab-widgets==3.0.15"  # the newest that JupyterLite's JupyterLab, 4.4, takes
KERNEL = "@jupyterlite/pyodide-kernel-extension"
LINKED = ["derivation.md", "tape.py"]  # by the notebooks


def build(site, pyodide=None):
    with TemporaryDirectory() as temporary:
        wheels, source, work = (Path(temporary) / name for name in ("wheels", "source", "work"))
        shutil.copytree(ROOT, source, ignore=shutil.ignore_patterns(".*", "build", "*.egg-info", "__pycache__", "site"))
        run("pip", "wheel", "--no-deps", "--wheel-dir", wheels, *FROM_PYPI, EXTENSION, source)
        (extension,) = wheels.glob("jupyterlab_widgets-*.whl")
        build_jupyterlite(site, work, extension)
        extension.unlink()
        add_python(site, wheels, pyodide)
    add_notebooks(site)
    change_pages(site)
    note_hashes(site)


def run(*command, **settings):
    done = subprocess.run([sys.executable, "-m", *map(str, command)], capture_output=True, text=True, **settings)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)


def build_jupyterlite(site, work, extension):
    shutil.rmtree(site, ignore_errors=True)
    shutil.copytree(HERE, work)
    options = {"apps": ["lab"], "no_sourcemaps": True, "no_unused_shared_packages": True}
    options["federated_extensions"] = [str(extension)]
    write(work / "jupyter_lite_config.json", {"LiteBuildConfig": options})
    run("jupyterlite_core", "build", "--output-dir", site, cwd=work)


def add_python(site, wheels, pyodide):
    """Add the wheels that Pyodide lacks, and load.js, which loads them."""
    folder = site / "python"
    folder.mkdir()
    shutil.copy(HERE / "load.js", folder)
    bundled = site.glob(f"extensions/{KERNEL}/static/pypi/*.whl")
    kernels = [path for path in bundled if not path.name.startswith("widgetsnbextension")]
    for path in [*wheels.iterdir(), *kernels]:
        shutil.copy(path, folder)
    names = {path.name.split("-")[0]: path.name for path in sorted(folder.glob("*.whl"))}
    if pyodide:
        copy_pyodide(pyodide, folder / "pyodide")
    options = {
        "pyodideURL": "./python/pyodide/" if pyodide else CDN,
        "wheelsURL": "./python/",
        "wheels": names,
        # What the kernel need not install.
        "packages": [*FROM_PYODIDE, *names, "sqlite3", "ssl"],
    }
    kernel = {"pyodideUrl": "./python/load.js", "loadPyodideOptions": options}
    change(site / "jupyter-lite.json", lambda config: config.update(litePluginSettings={f"{KERNEL}:kernel": kernel}))


def copy_pyodide(source, folder):
    """Copy what the site needs of a release of Pyodide, each wheel with the hash that the release's lock says."""
    folder.mkdir()
    lock = json.loads((source / "pyodide-lock.json").read_text(encoding="utf-8"))
    if lock["info"]["version"] != PYODIDE:
        sys.exit(f"{source} has Pyodide {lock['info']['version']}; the site needs {PYODIDE}")
    for name in CORE:
        shutil.copy(source / name, folder)
    packages = {canonical(name): package for name, package in lock["packages"].items()}
    wanted, found = list(FROM_PYODIDE), set()
    while wanted:
        name = canonical(wanted.pop())
        if name not in found:
            found.add(name)
            wanted += packages[name]["depends"]
            copy_checked(source / packages[name]["file_name"], folder, packages[name]["sha256"])


def canonical(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def copy_checked(source, folder, sha256):
    content = source.read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        sys.exit(f"{source} is not the file that pyodide-lock.json names")
    (folder / source.name).write_bytes(content)


def add_notebooks(site):
    """Add the notebooks and what they link to, and their listing for JupyterLite."""
    (site / "files").mkdir()
    listing = []
    for path in sorted([*ROOT.glob("notebooks/*.ipynb"), *(ROOT / "notebooks" / name for name in LINKED)]):
        kind = "notebook" if path.suffix == ".ipynb" else "file"
        copy = site / "files" / path.name
        copy.write_text(
            with_pictures(path) if kind == "notebook" else path.read_text(encoding="utf-8"), encoding="utf-8"
        )
        listing.append(entry(path.name, kind, copy.stat().st_size))
    contents = site / "api/contents"
    contents.mkdir(parents=True, exist_ok=True)
    write(contents / "all.json", entry("", "directory", None) | {"content": listing, "format": "json"})


def with_pictures(path):
    """A notebook whose saved pictures JupyterLite shows before it has run: trusted, and each output's lines joined."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["metadata"]["trusted"] = True
            for output in cell["outputs"]:
                joined = {kind: "".join(lines) for kind, lines in output.get("data", {}).items()}
                output |= {"data": joined} if joined else {}
    return json.dumps(notebook, ensure_ascii=False)


def entry(name, kind, size):
    dates = dict.fromkeys(("created", "last_modified"), datetime.now(UTC).isoformat())
    empty = dict.fromkeys(("content", "format", "mimetype", "hash", "hash_algorithm"))
    return {"name": name, "path": name, "type": kind, "size": size, "writable": True} | dates | empty


def change_pages(site):
    """The first page opens the first notebook; the page of JupyterLab loads site.js before JupyterLite."""
    for name in ("index.html", "site.js"):
        shutil.copy(HERE / name, site)
    page = site / "lab/index.html"
    text, start = page.read_text(encoding="utf-8"), "await import("
    if text.count(start) != 1:
        sys.exit(f"{page} is not as expected")
    page.write_text(text.replace(start, f"await import('../site.js');\n        {start}"), encoding="utf-8")


def note_hashes(site):
    """Say in files.json, for site.js, what each file is that may change with the project."""
    paths = [
        *site.glob("files/*"),
        *site.glob("python/*.*"),
        site / "api/contents/all.json",
        site / "jupyter-lite.json",
    ]
    hashes = {
        path.relative_to(site).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(paths)
    }
    write(site / "files.json", hashes)


def change(path, how):
    config = json.loads(path.read_text(encoding="utf-8"))
    how(config["jupyter-config-data"])
    write(path, config)


def write(path, content):
    path.write_text(json.dumps(content, indent=1), encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0].split(":")[0])
    parser.add_argument("output", nargs="?", type=Path, default=ROOT / "site")
    parser.add_argument("--pyodide", type=Path, metavar="FOLDER")
    arguments = parser.parse_args()
    build(arguments.output.resolve(), arguments.pyodide)
