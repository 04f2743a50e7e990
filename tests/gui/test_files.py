"""Opening files in the real window: by argument, dialog and drop, good ones and bad ones."""

from __future__ import annotations

import gzip
import os

import mrcfile
import numpy as np
import pytest

from scseg.base.errors import ScsegError
from scseg.gui.file_dialogs import dialogs

pytestmark = pytest.mark.gui


def sentences(user):
    return [notice.sentence for notice in user.session.notices]


def test_files_dropped_on_the_window_open(open_window, tomogram):
    def steps(user):
        assert user.session.active is None
        user.drop(tomogram)
        user.wait_for(lambda: user.session.active is not None)
        user.wait_until_shown()
        assert user.session.active.name == "gradient.mrc"

    open_window(steps)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_a_dropped_file_whose_name_is_no_utf_8_opens(open_window, tomogram):
    path = tomogram.with_name(os.fsdecode(b"Gr\xf6\xdfe.mrc"))
    try:
        tomogram.rename(path)
    except OSError:
        pytest.skip("this file system takes UTF-8 alone")

    def steps(user):
        user.drop(path)
        user.wait_for(lambda: user.session.active is not None)
        assert user.session.active.tomogram.path == path

    open_window(steps)


def test_what_cannot_be_opened_is_told_and_the_rest_opens(open_window, tomogram, tmp_path):
    bad = {
        "text.mrc": b"this is no tomogram at all\n" * 60,
        "empty.mrc": b"",
        "notes.docx": b"words",
        "model.scnm": b"{}",
        "cut.mrc": tomogram.read_bytes()[:2000],
    }
    for name, content in bad.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "folder.mrc").mkdir()
    names = [*bad, "folder.mrc", "missing.mrc"]

    def steps(user):
        user.wait_for(lambda: len(user.session.notices) == len(names))
        told = sentences(user)
        for name in names:
            assert sum(name in sentence for sentence in told) == 1, (name, told)
        assert all(notice.details == "" for notice in user.session.notices)
        user.wait_for(lambda: user.session.active is not None)
        user.wait_until_shown()
        user.press("Right")
        assert user.session.active.z == 7

    open_window(steps, [*(tmp_path / name for name in names), tomogram], ready=False)


def test_the_browser_in_the_window_opens_what_is_chosen(open_window, tomogram, monkeypatch):
    monkeypatch.chdir(tomogram.parent)

    def steps(user):
        user.press("Ctrl+O")
        user.wait_for(lambda: user.ctx.item_exists("//###files/**/###gradient.mrc"))
        user.ctx.item_click("//###files/**/###gradient.mrc")
        user.ctx.item_click("//###files/###open")
        user.wait_for(lambda: user.session.active is not None)
        assert user.session.active.name == "gradient.mrc"

    open_window(steps)


@pytest.mark.parametrize("key", ["enter", "keypad_enter"])
def test_enter_opens_what_is_chosen(open_window, tomogram, monkeypatch, key):
    monkeypatch.chdir(tomogram.parent)

    def steps(user):
        user.press("Ctrl+O")
        user.wait_for(lambda: user.ctx.item_exists("//###files/**/###gradient.mrc"))
        enter = getattr(user.imgui.Key, key)
        user.ctx.key_press(int(enter))
        user.ctx.yield_(2)
        assert user.ctx.item_exists("//###files/###open")
        user.ctx.item_click("//###files/**/###gradient.mrc")
        user.ctx.key_press(int(enter))
        user.wait_for(lambda: user.session.active is not None)
        assert user.session.active.name == "gradient.mrc"

    open_window(steps)


def test_enter_in_the_filter_opens_the_only_file_left(open_window, tomogram, monkeypatch):
    tomogram.with_name("other.mrc").write_bytes(tomogram.read_bytes())
    monkeypatch.chdir(tomogram.parent)

    def steps(user):
        user.press("Ctrl+O")
        user.wait_for(lambda: user.ctx.item_exists("//###files/**/###gradient.mrc"))
        user.ctx.item_click("//###files/###filter")
        user.ctx.key_chars_replace_enter("r")
        user.ctx.yield_(2)
        assert user.ctx.item_exists("//###files/###open")
        user.ctx.item_click("//###files/###filter")
        user.ctx.key_chars_replace_enter("GRAD")
        user.wait_for(lambda: user.session.active is not None)
        assert [each.name for each in user.session.tomograms] == ["gradient.mrc"]

    open_window(steps)


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_whole_path_typed_in_the_browser_opens_the_file(
    open_window, tomogram, tmp_path, monkeypatch, quote
):
    other = tmp_path / "other"
    other.mkdir()
    monkeypatch.chdir(other)

    def steps(user):
        user.press("Ctrl+O")
        user.wait_for(lambda: user.ctx.item_exists("//###files/###folder"))
        user.ctx.item_click("//###files/###folder")
        user.ctx.key_chars_replace_enter(f"{quote}{tomogram}{quote}")
        user.wait_for(lambda: user.session.active is not None)
        assert user.session.active.ref.path == str(tomogram)

    open_window(steps)


def test_a_file_that_vanishes_while_it_is_browsed_is_told(open_window, tomogram):
    def steps(user):
        user.press("Home")
        user.wait_until_shown()
        os.truncate(tomogram, 1024)
        user.press("End")
        user.wait_for(lambda: user.session.notices)
        assert "shorter" in sentences(user)[0]
        assert user.shown_z() != 11

    open_window(steps, [tomogram])


def test_the_window_asks_for_an_unknown_pixel_size(open_window, tmp_path, volume):
    for name in ("a.mrc", "b.mrc"):
        with mrcfile.new(tmp_path / name) as file:
            file.set_data(volume)

    def steps(user):
        user.wait_for(lambda: len(user.session.tomograms) == 2)
        first, second = user.session.tomograms
        user.wait_for(lambda: user.ctx.item_exists("//Pixel size/###typed"))
        user.ctx.set_ref("//Pixel size")
        user.ctx.item_input_value("A per pixel###typed", 13.92)
        user.wait_for(lambda: first.apix is not None)
        user.wait_for(lambda: user.ctx.item_exists("//Pixel size/###leave"))
        user.ctx.item_click("//Pixel size/###leave")
        user.ctx.yield_(3)
        assert not user.ctx.item_exists("//Pixel size/###leave")
        assert (first.apix, second.apix) == (pytest.approx(13.92), None)

    open_window(steps, [tmp_path / "a.mrc", tmp_path / "b.mrc"])


def test_up_and_down_go_through_tomograms_and_each_keeps_its_slice(
    open_window, tomogram, tmp_path, volume
):
    other = tmp_path / "other.mrc"
    with mrcfile.new(other) as file:
        file.set_data(np.ascontiguousarray(volume[:, ::2]))
        file.voxel_size = 20.0

    def steps(user):
        user.wait_for(lambda: len(user.session.tomograms) == 2)
        names = [each.name for each in user.session.tomograms]
        assert names == ["gradient.mrc", "other.mrc"]
        assert user.session.active.name == names[0]
        user.press("Home")
        user.press("Down")
        user.wait_until_shown()
        assert (user.session.active.name, user.session.active.z) == (names[1], 6)
        user.press("Up")
        user.wait_until_shown()
        assert user.session.active.z == 0
        user.ctx.item_click(f"//Panels/**/###{names[1]}")
        assert user.session.active.name == names[1]
        user.press("Ctrl+W")
        assert [each.name for each in user.session.tomograms] == names[:1]

    open_window(steps, [tomogram, other])


def test_recent_files_and_settings_outlive_the_window(open_window, tomogram):
    def first(user):
        user.ctx.menu_click("//##MainMenuBar/Settings/###light")
        user.ctx.yield_()
        assert user.session.settings.theme == "light"

    def second(user):
        assert user.session.settings.theme == "light"
        user.ctx.menu_click("//##MainMenuBar/File/Open recent/###recent 0")
        user.wait_for(lambda: user.session.active is not None)

    open_window(first, [tomogram])
    open_window(second)


def test_bytes_are_read_again_as_unsigned_when_the_user_says_so(open_window, tmp_path):
    path = tmp_path / "bytes.mrc"
    with mrcfile.new(path) as file:
        file.set_data(np.full((3, 8, 8), -56, np.int8))
        file.voxel_size = 10.0

    def steps(user):
        assert user.window.program.on_screen.shown.image.values[0, 0] == -56
        user.ctx.item_click("//Panels/**/###bytes.mrc", 1)
        user.ctx.item_click("//$FOCUSED/Bytes are unsigned, 0 to 255")
        user.wait_for(lambda: user.session.active.ref.signed is False)
        user.wait_until_shown()
        assert user.window.program.on_screen.shown.image.values[0, 0] == 200
        assert len(user.session.tomograms) == 1

    open_window(steps, [path])


def test_packed_tomograms_open_too(open_window, tomogram, tmp_path):
    packed = tmp_path / "packed.mrc.gz"
    packed.write_bytes(gzip.compress(tomogram.read_bytes()))

    def steps(user):
        assert user.session.active.name == "packed.mrc.gz"
        assert user.session.active.shape == (12, 40, 60)

    open_window(steps, [packed])


class SystemsDialog:
    """Hands over a name as the system's own does, which fails where that is not UTF-8."""

    def ready(self, _):
        return True

    def result(self):
        b"Gr\xf6\xdfe.mrc".decode("utf-8")

    def kill(self):
        raise AssertionError("it had ended by itself")


@pytest.mark.parametrize("saves", [False, True])
def test_a_dialog_that_fails_is_told_once_and_another_can_be_opened(monkeypatch, tmp_path, saves):
    monkeypatch.setattr(dialogs.native, "open_file", lambda *_: SystemsDialog())
    monkeypatch.setattr(dialogs.native, "save_file", lambda *_: SystemsDialog())
    chosen = dialogs.Dialogs()
    chosen.native = True
    answers = []
    for _ in range(2):
        if saves:
            chosen.ask_save("Save it", tmp_path / "m.scnm", answers.append)
        else:
            chosen.ask("tomogram", answers.append)
        with pytest.raises(ScsegError, match="rename it, or drop the file"):
            chosen.draw(None)
        chosen.draw(None)
    chosen.close()
    assert answers == [None if saves else ()] * 2
