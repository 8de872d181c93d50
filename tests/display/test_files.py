"""Files written whole or not at all, and what is no file."""

import os
import re
import stat
import threading
from pathlib import Path

import pytest

from micrograd.display.files import write_whole

ADVICE = "choose a folder that exists and that you may write to, and the name of a file in it$"
posix = pytest.mark.skipif(os.name == "nt", reason="pipes, permissions and /dev are those of Unix")


def test_text_and_bytes_are_written_and_no_draft_is_left(tmp_path: Path) -> None:
    write_whole(tmp_path / "text", "θ\n")
    write_whole(tmp_path / "bytes", b"\xff")
    write_whole(tmp_path / "text", "∂")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"text": "∂".encode(), "bytes": b"\xff"}


def test_half_a_character_pair_is_written_as_in_source(tmp_path: Path) -> None:
    write_whole(tmp_path / "text", "a\ud800")
    assert (tmp_path / "text").read_text() == r"a\ud800"


@pytest.mark.parametrize("when", ["open", "replace"])
def test_an_interruption_leaves_the_old_file_or_the_new_one(when: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("old")
    whole = getattr(Path, when)

    def interrupted(self: Path, *arguments: str) -> None:
        done = whole(self, *arguments)
        if when == "open":
            done.close()
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, when, interrupted)
        with pytest.raises(KeyboardInterrupt):
            write_whole(tmp_path / "file", "new")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"file": "old" if when == "open" else "new"}


@posix
def test_a_new_file_is_for_whom_the_shell_says_and_an_old_one_for_whom_it_was(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_whole(tmp_path / "new", "")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o640
    (tmp_path / "new").chmod(0o604)
    write_whole(tmp_path / "new", "again")
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o604


def test_a_file_that_is_not_to_be_written_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("old")
    monkeypatch.setattr(os, "access", lambda path, how: how != os.W_OK)  # as for anyone but root after chmod a-w
    with pytest.raises(OSError, match=rf"file: it is there already, and you may not write to it; {ADVICE}"):
        write_whole(tmp_path / "file", "new")
    assert (tmp_path / "file").read_text() == "old"


@posix
def test_a_link_is_followed_also_to_what_is_not_there_yet(tmp_path: Path) -> None:
    for name in ("there", "new"):
        (tmp_path / f"to {name}").symlink_to(name)
    (tmp_path / "there").write_text("old")
    for name in ("there", "new"):
        write_whole(tmp_path / f"to {name}", "written")
        assert (tmp_path / f"to {name}").is_symlink()
        assert (tmp_path / name).read_text() == "written"


@posix
def test_a_pipe_is_written_into_and_stays_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()), daemon=True)
    reader.start()
    write_whole(pipe, "through")
    reader.join(timeout=10.0)
    assert read == ["through"]
    assert list(tmp_path.iterdir()) == [pipe]
    assert pipe.is_fifo()


@posix
def test_devices_are_written_into() -> None:
    write_whole(Path("/dev/null"), "nothing")
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)
    into, out = os.pipe()
    write_whole(Path(f"/dev/fd/{out}"), "through")  # as /dev/stdout is a descriptor
    os.close(out)
    assert os.read(into, 100) == b"through"
    os.close(into)
    into, out = os.pipe()
    os.close(into)
    with pytest.raises(BrokenPipeError):  # as in `| head`: its reader has enough
        write_whole(Path(f"/dev/fd/{out}"), "nobody reads")
    os.close(out)


@posix
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (".", "Is a directory"),
        ("", "Is a directory"),
        ("none/file", "No such file or directory"),
        ("file/inside", "Not a directory"),
        ("x" * 300, "File name too long"),
        ("loop", "Too many levels of symbolic links"),
        ("a\0b", "no path has a NUL in it"),
    ],
)
def test_where_nothing_can_be_written_one_sentence_says_so(
    name: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("file").touch()
    Path("loop").symlink_to("loop")
    with pytest.raises(OSError, match=rf"^can't write [^\0]{{1,200}}: {re.escape(reason)}; {ADVICE}") as caught:
        write_whole(Path(name), "text")
    assert "\n" not in str(caught.value)
    assert sorted(os.listdir()) == ["file", "loop"]
