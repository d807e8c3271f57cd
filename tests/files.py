"""Small real files: a PDF, images, and what makes them hostile."""

import io
import struct
import zlib

import pikepdf
from pikepdf import Array, Dictionary, Name, String
from PIL import Image


def pdf(change=None, **saving) -> bytes:
    """A one-page PDF, the same bytes each time; `change(pdf)` alters it before it is written."""
    made = pikepdf.new()
    made.add_blank_page()
    if change:
        change(made)
    written = io.BytesIO()
    # An encrypted file draws its keys at random: it cannot be the same twice.
    made.save(written, deterministic_id="encryption" not in saving, **saving)
    return written.getvalue()


def image(kind: str = "PNG", size: tuple[int, int] = (20, 20)) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, "white").save(written, kind)
    return written.getvalue()


def script() -> Dictionary:
    return Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def with_opening_script(made: pikepdf.Pdf) -> None:
    made.Root.OpenAction = script()


def with_script_tree(made: pikepdf.Pdf) -> None:
    made.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), made.make_indirect(script())])))


def with_page_action(made: pikepdf.Pdf) -> None:
    made.pages[0].obj.AA = Dictionary(O=script())


def with_launch(made: pikepdf.Pdf) -> None:
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]))
    link.A = Dictionary(S=Name.Launch, F=String("cmd.exe"))
    made.pages[0].obj.Annots = Array([link])


def with_opening_address(made: pikepdf.Pdf) -> None:
    made.Root.OpenAction = Dictionary(S=Name.URI, URI=String("https://exemple.fr/"))


def opening_on_its_page(made: pikepdf.Pdf) -> None:
    """As word processors write it: nothing but where to begin."""
    made.Root.OpenAction = Array([made.pages[0].obj, Name.XYZ, 0, 0, 0])


def encrypted(user: str = "") -> bytes:
    return pdf(encryption=pikepdf.Encryption(owner="essai", user=user))


def unpacking_pdf(megabytes: int) -> bytes:
    """A small PDF whose object stream unpacks to this size as soon as it is opened."""
    blank, check = b" " * 1024 * 1024, zlib.adler32(b"1 0 ")
    packer = zlib.compressobj(9)
    data = packer.compress(b"1 0 ") + packer.flush(zlib.Z_FULL_FLUSH)
    data += (packer.compress(blank) + packer.flush(zlib.Z_FULL_FLUSH)) * megabytes  # from here on, each is packed alike
    for _ in range(megabytes):
        check = zlib.adler32(blank, check)
    data += b"\x03\x00" + struct.pack(">I", check)  # an empty last block
    head = b"%PDF-1.7\n"
    objects = b"3 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>\nstream\n" % len(data)
    objects += data + b"\nendstream\nendobj\n"
    table = [(0, 0, 65535), (2, 3, 0), (0, 0, 0), (1, len(head), 0), (1, len(head) + len(objects), 0)]
    rows = b"".join(struct.pack(">BIH", *row) for row in table)
    cross = b"4 0 obj\n<</Type/XRef/Size 5/W[1 4 2]/Root 1 0 R/Length %d>>\nstream\n" % len(rows)
    end = b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF" % (len(head) + len(objects))
    return head + objects + cross + rows + end


def png_header(width: int, height: int) -> bytes:
    """A PNG that announces these dimensions and holds one empty line of data."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")
