import pytest
from tests.gui import balls
pytestmark = pytest.mark.gui

def test_try(open_window, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    tomogram = balls.write_tomogram(tmp_path)
    mask = balls.write_mask(tmp_path)
    def steps(user):
        balls.to_stage(user)
        balls.choose_volume(user, mask)
        user.capture("/tmp/s0.png")
        user.ctx.item_click("//Panels/**/###find")
        user.wait_for(lambda: user.session.active.objects.found is not None)
        user.ctx.yield_(5)
        user.capture("/tmp/s1.png")
    open_window(steps, [tomogram])
