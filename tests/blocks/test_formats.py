"""Files and formats of strangers: read where they are sound, refused where they are a trap."""

import base64
import io
import struct
import zipfile
import zlib

import pytest
from PIL import Image
from pypdf import PdfWriter

from blocks.base import BlockError
from tests.blocks.ports import answering, run_block


def run(block_id, script=None, **given):
    return dict(run_block(block_id, given, script or answering()))


def made_by(block_id, **given):
    """What the block sends, with the content of the file that it stores."""
    script = answering()
    sent = run(block_id, script, **given)
    name = "file" if "file" in sent else "image"
    id_ = sent[name].removeprefix("workspace://").partition("#")[0]
    return sent | {name: uri(script.files.read(id_).content)}


def uri(content, content_type="application/octet-stream"):
    return f"data:{content_type};base64,{base64.b64encode(content).decode()}"


def picture(width, height, form="PNG", mode="RGB", **options):
    file = io.BytesIO()
    Image.new(mode, (width, height), options.pop("color", 0)).save(file, form, **options)
    return uri(file.getvalue())


# Workbooks


def test_a_workbook_that_was_written_is_read_again():
    rows = [{"city": "Oslo", "n": 1.5, "ok": True}, {"city": "茶", "n": None, "ok": False}]
    file = made_by("write_spreadsheet_block", rows=rows, sheet="Data")["file"]
    assert run("read_spreadsheet_block", file_input=file, sheet="Data")["rows"] == [
        {"city": "Oslo", "n": "1.5", "ok": "true"},
        {"city": "茶", "n": "", "ok": "false"},
    ]


def test_text_in_a_workbook_is_no_formula():
    file = made_by("write_spreadsheet_block", rows=[{"a": "=1+1"}])["file"]
    content = base64.b64decode(file.partition(",")[2])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    assert run("read_spreadsheet_block", file_input=file)["rows"] == [{"a": "=1+1"}]


def test_a_sheet_that_is_not_there_is_named():
    file = made_by("write_spreadsheet_block", rows=[{"a": 1}])["file"]
    with pytest.raises(BlockError, match="has no sheet 'Gone'; it has \\['Sheet1'\\]"):
        run("read_spreadsheet_block", file_input=file, sheet="Gone")


def test_a_workbook_that_grows_when_unpacked_is_stopped():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"\0" * 120_000_000)
    with pytest.raises(BlockError, match="too large when unpacked") as refusal:
        run("read_spreadsheet_block", file_input=uri(file.getvalue()))
    assert refusal.value.code == "resource_limit"


def test_a_zip_that_is_no_workbook_is_refused():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.txt", "a")
    with pytest.raises(BlockError, match="not an Excel workbook"):
        run("read_spreadsheet_block", file_input=uri(file.getvalue()))


ENTITIES = b"""<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<workbook>&b;</workbook>"""


def test_a_workbook_that_declares_entities_is_refused():
    made = made_by("write_spreadsheet_block", rows=[{"a": 1}])["file"]
    given = base64.b64decode(made.partition(",")[2])
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(given)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            new.writestr(name, ENTITIES if name == "xl/workbook.xml" else old.read(name))
    with pytest.raises(BlockError) as refusal:
        run("read_spreadsheet_block", file_input=uri(file.getvalue()))
    assert str(refusal.value).startswith("The file is not an Excel workbook that can be read: ")
    assert "\n" not in str(refusal.value)


# PDF


def locked_pdf():
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.encrypt("secret", algorithm="RC4-128")
    file = io.BytesIO()
    writer.write(file)
    return uri(file.getvalue())


def test_a_locked_pdf_needs_its_password():
    file = locked_pdf()
    assert run("read_pdf_block", file=file, password="secret")["page_count"] == 1
    with pytest.raises(BlockError, match="The PDF is locked"):
        run("read_pdf_block", file=file, password="wrong")


def test_a_pdf_that_grows_when_unpacked_gives_no_text():
    stream = zlib.compress(b"(x) Tj " * 20_000_000, 1)
    file = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>endobj\n"
        b"4 0 obj<</Filter/FlateDecode/Length " + str(len(stream)).encode() + b">>stream\n" + stream
    )
    try:
        text = run("read_pdf_block", file=uri(file + b"\nendstream endobj\nstartxref\n0\n%%EOF"))[
            "text"
        ]
    except BlockError:
        return
    assert text == ""


# Images


def test_an_image_is_made_smaller_in_its_proportions():
    made = made_by("resize_image_block", image=picture(40, 20), width=10)
    assert (made["width"], made["height"]) == (10, 5)
    assert run("image_info_block", image=made["image"])["format"] == "PNG"


def test_an_image_is_cut_to_cover():
    made = made_by("resize_image_block", image=picture(40, 20), width=10, height=10, fit="cover")
    assert (made["width"], made["height"]) == (10, 10)


def test_what_was_transparent_becomes_paper():
    clear = picture(2, 2, mode="RGBA", color=(0, 0, 0, 0))
    made = made_by("convert_image_block", image=clear, format="BMP", background="#ff0000")
    content = base64.b64decode(made["image"].partition(",")[2])
    assert Image.open(io.BytesIO(content)).getpixel((0, 0)) == (255, 0, 0)


def test_where_a_photograph_was_taken_is_left_out():
    exif = Image.Exif()
    exif[0x010F] = "Camera"
    made = made_by("convert_image_block", image=picture(2, 2, "JPEG", exif=exif), format="JPEG")
    assert b"Camera" not in base64.b64decode(made["image"].partition(",")[2])


def png_that_claims(width, height):
    def chunk(kind, content):
        check = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + check

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 1_000)
    return uri(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [(100_000, 100_000), (30_000, 30_000), (8_000, 8_000)])
@pytest.mark.parametrize("block_id", ["image_info_block", "convert_image_block"])
def test_an_image_of_too_many_pixels_is_refused(block_id, size):
    with pytest.raises(BlockError):
        run(block_id, image=png_that_claims(*size))


def test_a_drawing_with_scripts_is_no_image():
    with pytest.raises(BlockError, match="not an image"):
        run("image_info_block", image=uri(b"<svg xmlns='http://www.w3.org/2000/svg'/>"))


# YAML, XML, feeds

LAUGHS = "<!DOCTYPE r [<!ENTITY a0 'ha'>" + "".join(
    f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12)
)
OUTSIDE = "<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
ITEM = "<rss version='2.0'><channel><title>{}</title><item><title>a</title></item></channel></rss>"


@pytest.mark.parametrize("kind", ["python/object/apply:os.system ['id']", "python/name:os.system"])
def test_yaml_makes_no_objects(kind):
    with pytest.raises(BlockError, match="is not plain YAML"):
        run("parse_yaml_block", text=f"!!{kind}")


def test_yaml_that_repeats_itself_is_stopped():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    with pytest.raises(BlockError) as refusal:
        run("parse_yaml_block", text="\n".join(lines))
    assert refusal.value.code == "resource_limit"


def test_yaml_that_contains_itself_is_stopped():
    with pytest.raises(BlockError) as refusal:
        run("parse_yaml_block", text="&a [*a]")
    assert refusal.value.code == "resource_limit"


def read_feed(body):
    script = answering({"status": 200, "body": body, "headers": {"content-type": "text/xml"}})
    return run("read_rss_feed_block", script, rss_url="https://example.com/feed", time_period=0)


def test_a_feed_that_laughs_a_billion_times_gives_nothing_large():
    try:
        title = read_feed(LAUGHS + "]>" + ITEM.format("&a11;"))["title"]
    except BlockError:
        return
    assert len(title) < 1_000


def test_a_feed_reads_no_files():
    try:
        title = read_feed(OUTSIDE + ITEM.format("&x;"))["title"]
    except BlockError:
        return
    assert "root:" not in title


@pytest.mark.parametrize("body", ["/etc/passwd", "https://example.com/other", ""])
def test_the_body_of_a_feed_is_never_taken_for_a_place(body):
    with pytest.raises(BlockError, match="no RSS or Atom feed"):
        read_feed(body)


def test_an_atom_feed_is_read_too():
    feed = read_feed(
        "<feed xmlns='http://www.w3.org/2005/Atom'><title>Teas</title><entry><title>Green</title>"
        "<link href='https://example.com/g'/><updated>2026-01-31T09:00:00Z</updated></entry></feed>"
    )
    assert (feed["title"], feed["entry"]["title"], feed["entry"]["pub_date"]) == (
        "Teas",
        "Green",
        "2026-01-31T09:00:00+00:00",
    )


def test_xml_that_was_read_is_written_as_it_was():
    xml = '<mail id="1"><to>Ada</to><to>Bo</to><body lang="en">a &lt; b</body></mail>'
    value = run("xml_parser_block", input_xml=xml)["parsed_xml"]
    assert run("write_xml_block", value=value)["xml"] == xml


# Web pages


@pytest.mark.parametrize(
    "markdown",
    ["<script>alert(1)</script>", "[x](javascript:alert(1))", "<img src=x onerror=alert(1)>"],
)
def test_markdown_cannot_bring_scripts(markdown):
    html = run("markdown_to_html_block", markdown=markdown)["html"]
    assert "<script" not in html
    assert "<img" not in html
    assert "href" not in html


def test_a_page_that_is_nested_without_end_is_refused_or_read():
    page = "<div>" * 50_000 + "x"
    try:
        items = run("extract_html_block", html=page, selector="p")["items"]
    except BlockError:
        return
    assert items == []


# Queries


@pytest.mark.parametrize(
    ("block_id", "pin", "query"),
    [
        ("jmespath_block", "query", "__import__('os')"),
        ("jmespath_block", "query", "@.__class__.__mro__"),
        ("jsonpath_block", "path", "$.`__import__('os').system('id')`"),
        ("jsonpath_block", "path", "$.__class__"),
        ("formula_block", "formula", "__import__('os').system('id')"),
        ("formula_block", "formula", "().__class__.__mro__"),
    ],
)
def test_a_query_knows_its_own_grammar_only(block_id, pin, query):
    try:
        sent = run(block_id, **{"value": {}, pin: query} if pin != "formula" else {pin: query})
    except BlockError:
        return
    assert [value for value in sent.values() if value] == []


def test_a_pattern_in_a_schema_cannot_hold_up_the_worker():
    schema = {"type": "string", "pattern": "^(a+)+$"}
    with pytest.raises(BlockError) as refusal:
        run("validate_json_schema_block", value="a" * 60 + "!", json_schema=schema)
    assert refusal.value.code == "resource_limit"


def test_a_pattern_without_end_is_searched_in_linear_time():
    sent = run("replace_text_pattern_block", text="a" * 50_000 + "!", pattern="(a+)+$")
    assert sent["count"] == 0


def test_a_formula_may_be_one_expression_only():
    with pytest.raises(BlockError, match="SyntaxError"):
        run("formula_block", formula="1\nx = 2")


# Tables as text


@pytest.mark.parametrize("cell", ["=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(1)", "\t=1", "\r=1"])
def test_a_cell_that_spreadsheets_would_run_is_escaped(cell):
    csv = run("write_csv_block", rows=[{"a": cell}], header=False)["csv"]
    assert csv.lstrip('"').startswith("'")


@pytest.mark.parametrize(
    ("size", "overlap"), [(0, 0), (-1, 0), (10, 10), (10, 11), (1, 0), (10**9, 10**9)]
)
def test_chunks_that_make_no_sense_are_refused(size, overlap):
    with pytest.raises(BlockError):
        run("split_into_chunks_block", text="x" * 1_000_000, size=size, overlap=overlap)
