"""Makes the two certificate fonts. Run by hand, see README.md; not part of the build.

    python make.py NOTO_DIR UNIHAN_DIR

NOTO_DIR holds NotoSerifCJK-{Regular,Bold}.ttc, UNIHAN_DIR holds Unihan_*.txt.bz2.
"""

import bz2
import glob
import os
import sys

import brotli
from fontTools import subset
from fontTools.ttLib.tables._c_m_a_p import cmap_format_12

noto, unihan = sys.argv[1:]
here = os.path.dirname(os.path.abspath(__file__))


def codec(name):
    pairs = (bytes([a, b]) for a in range(0x81, 0xFF) for b in range(0x40, 0xFF))
    texts = (pair.decode(name, "ignore") for pair in pairs)
    return {ord(t) for t in texts if len(t) == 1 and ord(t) >= 0x80}


standard = set()  # 通用规范汉字表
for path in glob.glob(os.path.join(unihan, "Unihan_*.txt.bz2")):
    for line in bz2.open(path, "rt", encoding="utf-8"):
        cells = line.rstrip("\n").split("\t")
        if len(cells) == 3 and cells[1] == "kTGH":
            standard.add(int(cells[0][2:], 16))

latin = set(range(0x20, 0x7F)) | (set(range(0xA0, 0x180)) - {0xA0, 0xAD})
punctuation = (set(range(0x2010, 0x2028)) - {0x2011}) | set(range(0x2030, 0x205F)) | {0x20AC, 0x2212}
template = {ord(c) for c in open(os.path.join(here, "..", "certificate.typ"), encoding="utf-8").read() if c >= " "}


def make(face, codes, family):
    options = subset.Options()
    options.font_number = 2  # SC
    options.layout_features = ["hwid"]
    options.hinting = False
    options.notdef_outline = True
    options.name_IDs = [0, 5, 13, 14]
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE"]
    font = subset.load_font(os.path.join(noto, f"NotoSerifCJK-{face}.ttc"), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=codes)
    subsetter.subset(font)
    # the one format that certificate.ts reads
    table = cmap_format_12(12)
    table.platformID, table.platEncID, table.language = 3, 10, 0
    table.cmap = font.getBestCmap()
    font["cmap"].tables = [t for t in font["cmap"].tables if t.format == 4] + [table]
    post = family.replace(" ", "") + "-" + face
    names = {1: family, 2: face, 3: post, 4: family, 6: post, 16: family, 17: face}
    table = font["name"]
    for name_id, text in names.items():
        table.setName(text, name_id, 3, 1, 0x409)
    font["CFF "].cff.fontNames = [post]
    font["head"].modified = font["head"].created
    font.recalcTimestamp = False
    temporary = os.path.join(here, post + ".otf")
    subset.save_font(font, temporary, options)
    plain = open(temporary, "rb").read()
    os.remove(temporary)
    packed = brotli.compress(plain, quality=11, lgwin=24)
    with open(os.path.join(here, post + ".otf.br"), "wb") as out:
        out.write(packed)
    print(post, len(font.getBestCmap()), "characters", len(plain), "bytes,", len(packed), "packed")


make("Regular", standard | codec("gbk") | latin | punctuation, "Gongshu Song")
make("Bold", latin | template, "Gongshu Song Title")
