"""Take each module from where pyproject.toml says that it stands: setuptools looks for all of them in one folder."""

from setuptools import setup
from setuptools.command.build_py import build_py


class FromItsFolder(build_py):
    def find_modules(self):
        return [("", name, f"{self.package_dir.get(name, name)}.py") for name in self.py_modules]


setup(cmdclass={"build_py": FromItsFolder})
