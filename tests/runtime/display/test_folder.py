"""Folders in which the user chooses files."""

from __future__ import annotations

from dataclasses import replace

from scseg.runtime.display.folder import listed


def test_the_browser_lists_folders_and_files_of_the_kind(tmp_path):
    for name in ("b.mrc", "A.REC", "c.tif.gz", "notes.txt", ".hidden.mrc"):
        (tmp_path / name).write_bytes(b"12345")
    (tmp_path / "Folder").mkdir()
    (tmp_path / "gone.mrc").symlink_to(tmp_path / "nowhere")
    found = listed(tmp_path, (".mrc", ".rec", ".tif.gz"))
    assert found.folders == ("Folder",)
    assert found.files == (("A.REC", 5), ("b.mrc", 5), ("c.tif.gz", 5))
    assert ("notes.txt", 5) in listed(tmp_path, ()).files
    assert "cannot be read" in listed(tmp_path / "missing", ()).trouble
    assert listed(tmp_path / "notes.txt", (".mrc", ".rec", ".tif.gz")) == replace(
        found, named="notes.txt"
    )
