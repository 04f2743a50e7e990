"""Folders in which the user chooses files."""

from __future__ import annotations

from dataclasses import replace

from scseg.runtime.display.folder import FolderReader, listed, made
from tests.fakes.threads import wait_for


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


def test_a_new_folder_is_made_and_shown(tmp_path):
    reader = FolderReader(tmp_path, (".mrc",), lambda: None)
    reader.read(tmp_path / "masks", makes=True)
    wait_for(lambda: not reader.reading)
    assert reader.listing.folder == tmp_path / "masks"
    assert reader.listing.trouble == ""
    assert (tmp_path / "masks").is_dir()


def test_a_folder_that_is_there_is_shown_and_one_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "a.mrc").write_bytes(b"12345")
    assert made(tmp_path / "there", ()).files == (("a.mrc", 5),)
    (tmp_path / "file").write_bytes(b"")
    for name, why in (
        ("file", "is the name of a file"),
        ("a" * 300, "cannot be made"),
        ("\0", "cannot"),
    ):
        found = made(tmp_path / name, (".mrc",))
        assert (found.folder, found.folders) == (tmp_path, ("there",))
        assert why in found.trouble
