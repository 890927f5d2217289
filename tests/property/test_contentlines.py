"""Content lines of vCard and iCalendar: whatever was folded, quoted, escaped or encoded comes back."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from backstay.interfaces.exchange import contacts, todos
from backstay.interfaces.exchange.contentlines import blocks, decoded

TEXTS = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Zl", "Zp", "Zs")) | st.sampled_from(' ,;:\\"\n='), max_size=80)  # fmt: skip


def escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace(",", "\\,").replace(";", "\\;")


def folded(line: str, width: int) -> str:
    return "\r\n ".join(line[n : n + width] for n in range(0, len(line), width))


@example("0 0", 1, "\r\n")
@given(TEXTS, st.integers(1, 75), st.sampled_from(["\r\n", "\n"]))
def test_a_folded_text_comes_back(text: str, width: int, end: str) -> None:
    wanted = folded('NOTE;X-P="a;b":' + escaped(text), width)
    file = f"BEGIN:VCARD\r\nVERSION:4.0\r\n{wanted}\r\nEND:VCARD\r\n"
    found, lost = blocks(file.replace("\r\n", end), ("VCARD",))
    note = found[0].first("NOTE")
    assert lost == []
    assert note is not None
    assert (note.text(), note.params) == (text.strip(), {"X-P": ["a;b"]})


@given(TEXTS, st.sampled_from(["utf-8", "iso-8859-1", "utf-16"]))
def test_a_text_of_the_oldest_kind_comes_back(text: str, charset: str) -> None:
    """Version 2.1: quoted-printable in a charset, broken softly over lines."""
    raw = text.encode(charset, errors="ignore")
    quoted = "".join(f"={b:02X}" for b in raw)
    soft = "=\r\n".join(quoted[n : n + 60] for n in range(0, len(quoted), 60))
    head = f"NOTE;CHARSET={charset};ENCODING=QUOTED-PRINTABLE:"
    found, _lost = blocks(f"BEGIN:VCARD\r\n{head}{soft}\r\nEND:VCARD\r\n", ("VCARD",))
    note = found[0].first("NOTE")
    assert note is not None
    assert note.value == raw.decode(charset)


@given(st.binary(max_size=400))
def test_no_bytes_break_a_reader(content: bytes) -> None:
    """Whatever it is, it is read, or told by its line."""
    contacts.read(content, ("other",))
    todos.read(content)
    for kind in (b"VCARD", b"VTODO"):
        wrapped = (
            b"BEGIN:"
            + kind
            + b"\nN:A;B\nFN:C\nSUMMARY:D\nADR:"
            + content
            + b"\nDUE:"
            + content
            + b"\nEND:"
            + kind
        )
        contacts.read(wrapped, ("other",))
        todos.read(wrapped)


def test_encodings() -> None:
    assert decoded("ä".encode("cp1252")) == "ä"
    assert decoded("ä".encode("utf-16")) == "ä"
    assert decoded("\ufeffä".encode()) == "ä"
