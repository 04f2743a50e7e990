"""What users install holds the package and its resources, and nothing else."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_wheel_holds_the_package_and_its_resources(tmp_path):
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    packed = {name for name in names if ".dist-info/" not in name}
    package = {path.relative_to(ROOT).as_posix() for path in (ROOT / "scseg").rglob("*.py")}
    files = {path.relative_to(ROOT) for path in (ROOT / "res").rglob("*") if path.is_file()}
    assert packed == package | {f"scseg/{file.as_posix()}" for file in files} | {"scseg/py.typed"}
