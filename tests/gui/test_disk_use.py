"""The page of what the program keeps of its own, in the real window."""

from __future__ import annotations

import pytest

from scseg.actions.models import model_list
from scseg.base.errors import ScsegError
from scseg.base.files.writing import atomic_write
from scseg.base.folders import log_folder
from scseg.models import unsaved_models
from scseg.state.disk_use import KINDS
from scseg.state.models import Display, Model
from tests.fakes.models import write_model

pytestmark = pytest.mark.gui

A, B, C = (letter * 32 for letter in "abc")


def learnt(model_id, name):
    unsaved_models.model_folder(model_id).mkdir(parents=True)
    return write_model(unsaved_models.model_folder(model_id), name=name)


def open_page(user):
    user.ctx.menu_click("//##MainMenuBar/Settings/###storage")
    user.wait_for(lambda: user.session.disk_use.listing and not user.session.disk_use.busy)
    user.ctx.yield_(2)


def click(user, name):
    user.ctx.item_click(f"//###page/**/###{name}")
    user.ctx.yield_(3)
    user.wait_for(lambda: not user.session.disk_use.busy and not user.session.jobs)
    user.ctx.yield_(2)


def whats(user, kind):
    kind = next(each for each in KINDS if each.id == kind)
    return [(each.what, bool(each.in_use)) for each in user.session.disk_use.listing.of(kind)]


def test_what_can_be_made_again_goes_at_once_and_models_after_a_question(open_window):
    def steps(user):
        learnt(B, "Carbon")
        log = log_folder() / "worker-left.log"
        atomic_write(log, b"{}" * 700)
        open_page(user)
        click(user, "remove logs")
        assert not log.exists()
        assert whats(user, "logs") == []
        assert any("2 kB removed" in each.sentence for each in user.session.notices)
        click(user, f"remove {B}")
        assert [each.what for each in user.session.disk_use.asked] == ["Carbon"]
        click(user, "keep")
        assert user.session.disk_use.asked == ()
        assert whats(user, "models") == [("Carbon", False)]
        click(user, "remove models")
        click(user, "remove for good")
        assert not unsaved_models.model_folder(B).exists()
        assert whats(user, "models") == []

    open_window(steps)


def test_models_of_this_window_stay_and_others_of_their_kind_go(open_window):
    def steps(user):
        learnt(A, "Mine##<%s>")
        learnt(B, "Carbon")
        learnt(C, "Carbon")
        model = Model(Display("Mine", (0, 1, 0)), id=A)
        user.do(lambda: model_list.change(user.session, [model], "add a model"))
        open_page(user)
        assert sorted(whats(user, "models")) == [
            ("Carbon", False),
            ("Carbon", False),
            ("Mine##<%s>", True),
        ]
        assert not user.ctx.item_exists(f"//###page/**/###remove {A}")
        click(user, f"remove {B}")
        click(user, "remove for good")
        assert sorted(whats(user, "models")) == [("Carbon", False), ("Mine##<%s>", True)]
        assert unsaved_models.model_folder(C).is_dir()
        click(user, "remove models")
        click(user, "remove for good")
        assert whats(user, "models") == [("Mine##<%s>", True)]

    open_window(steps)


def test_a_question_that_was_left_is_not_there_again(open_window):
    def steps(user):
        learnt(B, "Carbon")
        open_page(user)
        click(user, f"remove {B}")
        user.press("Escape")
        assert user.session.page is None
        open_page(user)
        assert user.session.disk_use.asked == ()
        assert unsaved_models.model_folder(B).is_dir()

    open_window(steps)


def test_a_look_that_fails_is_told_and_the_page_stays(open_window, monkeypatch):
    def fails(*_):
        raise ScsegError("Cannot look into models: it is broken.")

    def steps(user):
        monkeypatch.setattr("scseg.actions.view.disk_use.listed", fails)
        user.ctx.menu_click("//##MainMenuBar/Settings/###storage")
        user.wait_for(lambda: user.session.notices and not user.session.disk_use.busy)
        user.ctx.yield_(2)
        assert user.session.page == "storage"
        assert user.session.disk_use.listing is None
        monkeypatch.undo()
        user.press("Escape")
        open_page(user)

    open_window(steps)


def test_the_table_is_drawn_within_its_page(open_window):
    """Thirty models scroll: the page stays in the window."""

    def steps(user):
        for number in range(30):
            learnt(f"{number:032x}", f"Model {number}")
        open_page(user)
        user.ctx.yield_(3)
        page = user.ctx.window_info("//###page").window
        assert page.pos.y + page.size.y <= user.imgui.get_io().display_size.y

    open_window(steps)
