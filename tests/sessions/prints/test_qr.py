from io import BytesIO

import zxingcpp
from PIL import Image, ImageOps

from sessions.prints import qr


def test_a_code_can_be_read_back():
    address = "https://summit.example/ko/ogp2021/sessions/CIV001/"
    picture = Image.open(BytesIO(qr.png(address)))
    assert picture.mode == "1"
    large = ImageOps.expand(picture.convert("L").resize((picture.width * 8,) * 2, Image.Resampling.NEAREST), 40, 255)
    assert zxingcpp.read_barcode(large).text == address
