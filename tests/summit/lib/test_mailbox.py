import re
from email import policy
from email.parser import BytesParser

from django.core.mail import EmailMultiAlternatives

from summit.lib.mailbox import EmlBackend


def letter(number: int) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        f"등록 확인 {number}", "본문입니다.\n", "Summit <s@ogp.example>", ["hong@people.example"]
    )
    message.attach_alternative("<p>본문입니다.</p>", "text/html")
    return message


def test_each_mail_becomes_a_file_a_mail_program_opens(tmp_path):
    folder = tmp_path / "mail"
    assert EmlBackend(folder=str(folder)).send_messages([letter(1), letter(2)]) == 2
    files = sorted(folder.iterdir())
    assert len(files) == 2
    assert all(re.fullmatch(r"\d{8}-\d{6}-[0-9a-f]{8}\.eml", file.name) for file in files)
    subjects = set()
    for file in files:
        content = file.read_bytes()
        assert not re.search(rb"(?<!\r)\n", content)
        parsed = BytesParser(policy=policy.default).parsebytes(content)
        subjects.add(parsed["subject"])
        assert parsed["to"] == "hong@people.example"
        assert parsed.get_body(("plain",)).get_content().strip() == "본문입니다."
        assert "<p>" in parsed.get_body(("html",)).get_content()
    assert subjects == {"등록 확인 1", "등록 확인 2"}


def test_nothing_half_written_is_left_behind(tmp_path):
    EmlBackend(folder=str(tmp_path)).send_messages([letter(1)])
    assert not [file for file in tmp_path.iterdir() if file.name.startswith(".")]
