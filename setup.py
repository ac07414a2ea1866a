"""What setuptools does not do by itself: modules that stand in folders, and data files where a project is edited."""

from setuptools import Distribution, setup
from setuptools.command.build_py import build_py


class FromItsFolder(build_py):
    """Takes each module from where pyproject.toml says that it stands: setuptools looks for all in one folder."""

    def find_modules(self):
        return [("", name, f"{self.package_dir.get(name, name)}.py") for name in self.py_modules]


class WithDataFiles(Distribution):
    """Answers by the name that an editable installation asks by, before it takes data files along."""

    has_data = Distribution.has_data_files


setup(cmdclass={"build_py": FromItsFolder}, distclass=WithDataFiles)
