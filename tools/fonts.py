"""The font's files from Inter as it is published (latin and latin-ext, axes opsz and wght): the weights the desk uses, in three
parts, so that few letters cost few bytes. Which part holds what stands in backstay.css as ``unicode-range``.

Run it after taking a new version: pip install fonttools brotli, then python tools/fonts.py FOLDER_WITH_BOTH_FILES
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

STATIC = Path(__file__).resolve().parents[1] / "backstay/interfaces/web/static/backstay"
WEIGHTS = "wght=400:700"
FACE = re.compile(
    r'url\("fonts/(inter-(latin(?:-ext)?)[\w-]*)\.woff2"\).*?unicode-range: ([^;]+);', re.DOTALL
)


def main(folder: Path) -> None:
    """Make each file that the style sheet names."""
    faces = FACE.findall((STATIC / "backstay.css").read_text(encoding="utf-8"))
    with TemporaryDirectory() as made:
        for name, source, letters in faces:
            plain = Path(made) / f"{source}.ttf"
            if not plain.exists():
                published = folder / f"inter-{source}-opsz-normal.woff2"
                subprocess.run(["fonttools", "varLib.instancer", published, WEIGHTS, "-o", plain], check=True)  # noqa: S607
            out = STATIC / "fonts" / f"{name}.woff2"
            told = [f"--unicodes={letters.replace(' ', '')}", "--flavor=woff2", "--layout-features=*", "--no-glyph-names", f"--output-file={out}"]  # fmt: skip
            subprocess.run(["pyftsubset", plain, *told], check=True)  # noqa: S607
            print(f"{out.stat().st_size:>8,} {out.name}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
