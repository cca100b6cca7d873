#!/usr/bin/env python3
"""Writes images/ and decode_golden.json: small files of every kind, and the RGB pixels they stand for.

    python3 make_decode_golden.py    (needs numpy, pillow)

Pixels are eight-bit, upright, with transparency over black: round(c * alpha / 255). Files that Pillow can't write are
put together by hand.
"""
import json
import pathlib
import struct
import zlib

import numpy as np
import PIL
from PIL import Image, ImageOps, PngImagePlugin

HERE = pathlib.Path(__file__).parent
FOLDER = HERE / "images"
HEIGHT, WIDTH = 5, 7


def base():
    y, x, c = np.mgrid[0:HEIGHT, 0:WIDTH, 0:3]
    return ((37 * x + 59 * y + 83 * c + 11 * x * y) % 256).astype(np.uint8)


def alpha():
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    return ((x * 41 + y * 50) % 256).astype(np.uint8)


def over_black(rgb, opacity):
    return ((rgb.astype(int) * opacity[..., None] + 127) // 255).astype(np.uint8)


def as_rgb(gray):
    return np.repeat(gray[..., None], 3, axis=2)


def png(path, color_type, depth, rows, extra=b""):
    """A PNG from packed rows (each without its filter byte)."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, depth, color_type, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + (chunk(b"tRNS", extra) if extra else b"") +
                     chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows))) + chunk(b"IEND", b""))


def bmp32(path, rgba, with_alpha):
    """A 32-bit bitmap: BITMAPV4HEADER with masks, or BITMAPINFOHEADER whose fourth byte means nothing."""
    bgra = rgba[::-1, :, [2, 1, 0, 3]].tobytes()
    if with_alpha:
        header = struct.pack("<IiiHHIIiiII", 108, WIDTH, HEIGHT, 1, 32, 3, len(bgra), 2835, 2835, 0, 0)
        header += struct.pack("<IIII", 0xff0000, 0xff00, 0xff, 0xff000000) + b"BGRs" + bytes(48)
    else:
        header = struct.pack("<IiiHHIIiiII", 40, WIDTH, HEIGHT, 1, 32, 0, len(bgra), 2835, 2835, 0, 0)
    offset = 14 + len(header)
    path.write_bytes(b"BM" + struct.pack("<IHHI", offset + len(bgra), 0, 0, offset) + header + bgra)


def with_orientation(pixels, orientation):
    image = Image.fromarray(pixels)
    image.getexif()[274] = orientation
    return image


def main():
    FOLDER.mkdir(exist_ok=True)
    rgb, opacity = base(), alpha()
    gray = rgb[:, :, 0]
    rgba = np.dstack([rgb, opacity])
    expected = {}

    def save(name, image, pixels, **options):
        image.save(FOLDER / name, **options)
        expected[name] = pixels

    save("rgb.png", Image.fromarray(rgb), rgb)
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment", "x" * 50)
    save("profile.png", Image.fromarray(rgb), rgb, pnginfo=texts, icc_profile=b"no profile at all")
    save("gray.png", Image.fromarray(gray), as_rgb(gray))
    save("rgba.png", Image.fromarray(rgba), over_black(rgb, opacity))
    save("gray_alpha.png", Image.fromarray(np.dstack([gray, opacity])), over_black(as_rgb(gray), opacity))
    bits = gray > 127
    save("one_bit.png", Image.fromarray(bits), as_rgb(bits.astype(np.uint8) * 255))
    palette = Image.fromarray((gray // 32).astype(np.uint8), "P")
    colors = [(7 * i + 40 * c) % 256 for i in range(8) for c in range(3)]
    palette.putpalette(colors)
    indexed = np.array(colors, np.uint8).reshape(8, 3)[gray // 32]
    save("palette.png", palette, indexed)
    steps = bytes(range(0, 256, 36))
    save("palette_transparent.png", palette,
         over_black(indexed, np.frombuffer(steps, np.uint8)[gray // 32]), transparency=steps)
    save("palette.bmp", palette, indexed)
    save("rgb.bmp", Image.fromarray(rgb), rgb)
    bmp32(FOLDER / "rgbx.bmp", np.dstack([rgb, np.zeros_like(gray)]), False)
    expected["rgbx.bmp"] = rgb
    bmp32(FOLDER / "rgba.bmp", rgba, True)
    expected["rgba.bmp"] = over_black(rgb, opacity)

    wide = (rgb.astype(np.uint16) * 256 + 255 - rgb).astype(">u2")
    png(FOLDER / "rgb16.png", 2, 16, [row.tobytes() for row in wide])
    expected["rgb16.png"] = rgb
    png(FOLDER / "gray16.png", 0, 16, [row.tobytes() for row in wide[:, :, 0].copy()])
    expected["gray16.png"] = as_rgb(gray)
    wide_alpha = np.dstack([wide, opacity.astype(np.uint16) * 257]).astype(">u2")
    png(FOLDER / "rgba16.png", 6, 16, [row.tobytes() for row in wide_alpha])
    expected["rgba16.png"] = over_black(rgb, opacity)
    key = rgb[2, 3]
    png(FOLDER / "rgb_key.png", 2, 8, [row.tobytes() for row in rgb], struct.pack(">HHH", *key.tolist()))
    expected["rgb_key.png"] = np.where((rgb == key).all(axis=2, keepdims=True), 0, rgb)
    png(FOLDER / "gray_key.png", 0, 8, [row.tobytes() for row in gray], struct.pack(">H", int(gray[1, 1])))
    expected["gray_key.png"] = as_rgb(np.where(gray == gray[1, 1], 0, gray))
    gray_wide = wide[:, :, 0].copy()
    png(FOLDER / "gray16_key.png", 0, 16, [row.tobytes() for row in gray_wide], struct.pack(">H", int(gray_wide[1, 1])))
    expected["gray16_key.png"] = as_rgb(np.where(gray_wide == gray_wide[1, 1], 0, gray))
    quarters = gray // 64
    packed = [bytes([row[0] << 6 | row[1] << 4 | row[2] << 2 | row[3], row[4] << 6 | row[5] << 4 | row[6] << 2])
              for row in quarters.astype(int).tolist()]
    png(FOLDER / "gray2_key.png", 0, 2, packed, struct.pack(">H", 2))
    expected["gray2_key.png"] = as_rgb(np.where(quarters == 2, 0, quarters * 85).astype(np.uint8))

    save("lossless.webp", Image.fromarray(rgb), rgb, lossless=True)
    save("alpha.webp", Image.fromarray(rgba), over_black(rgb, opacity), lossless=True, exact=True)
    save("rgb.tif", Image.fromarray(rgb), rgb)
    save("lzw.tif", Image.fromarray(rgb), rgb, compression="tiff_lzw")
    save("gray.tif", Image.fromarray(gray), as_rgb(gray))
    save("rgba.tif", Image.fromarray(rgba), over_black(rgb, opacity))
    premultiplied = bytearray((FOLDER / "rgba.tif").read_bytes())
    entry = premultiplied.index(struct.pack("<HHIH", 338, 3, 1, 2))  # ExtraSamples: unassociated alpha
    premultiplied[entry + 8] = 1
    (FOLDER / "premultiplied.tif").write_bytes(premultiplied)
    expected["premultiplied.tif"] = rgb
    save("gray16.tif", Image.fromarray((gray.astype(np.uint16) * 256 + 7)), as_rgb(gray))

    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[274] = orientation
        smooth = Image.fromarray(np.dstack([gray_ramp() for gray_ramp in (ramp_x, ramp_y, ramp_xy)]))
        name = f"orientation{orientation}.jpg"
        smooth.save(FOLDER / name, quality=95, subsampling=0, exif=exif)
        expected[name] = np.asarray(ImageOps.exif_transpose(Image.open(FOLDER / name)).convert("RGB"))
        for name, pixels in ((f"orientation{orientation}.tif", rgb),
                             (f"orientation{orientation}_16.tif", gray.astype(np.uint16) * 256 + 7)):
            Image.fromarray(pixels).save(FOLDER / name, tiffinfo={274: orientation})
            eight_bit = pixels if pixels.ndim == 3 else as_rgb((pixels >> 8).astype(np.uint8))
            expected[name] = np.asarray(ImageOps.exif_transpose(with_orientation(eight_bit, orientation)))
    exif = Image.Exif()
    exif[274] = 6
    for name, options in (("turned.png", {}), ("turned.webp", {"lossless": True})):
        Image.fromarray(rgb).save(FOLDER / name, exif=exif, **options)
        expected[name] = np.rot90(rgb, -1)
    luma = Image.fromarray(ramp_xy())
    luma.save(FOLDER / "gray.jpg", quality=95)
    expected["gray.jpg"] = np.asarray(Image.open(FOLDER / "gray.jpg").convert("RGB"))
    luma.convert("CMYK").save(FOLDER / "cmyk.jpg", quality=95)
    expected["cmyk.jpg"] = np.asarray(Image.open(FOLDER / "cmyk.jpg").convert("RGB"))
    Image.fromarray(np.dstack([ramp_x(), ramp_y(), ramp_xy()])).save(FOLDER / "progressive.jpg", progressive=True,
                                                                     quality=95)
    expected["progressive.jpg"] = np.asarray(Image.open(FOLDER / "progressive.jpg").convert("RGB"))

    document = {"made_with": {"pillow": PIL.__version__, "numpy": np.__version__}, "images": {}}
    for name, pixels in expected.items():
        gray_pixels = np.asarray(Image.fromarray(np.ascontiguousarray(pixels)).convert("L"))
        document["images"][name] = {"size": list(pixels.shape[:2]), "rgb": pixels.tobytes().hex(),
                                    "gray": gray_pixels.tobytes().hex()}
    (HERE / "decode_golden.json").write_text(json.dumps(document, indent=1) + "\n")


def ramp_x():
    return np.tile(np.linspace(10, 240, 12).astype(np.uint8), (8, 1))


def ramp_y():
    return np.tile(np.linspace(20, 200, 8).astype(np.uint8)[:, None], (1, 12))


def ramp_xy():
    return ((ramp_x().astype(int) + ramp_y()) // 2).astype(np.uint8)


if __name__ == "__main__":
    main()
