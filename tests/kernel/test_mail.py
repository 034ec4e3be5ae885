"""An e-mail is read from its bytes, however broken."""

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel.mail import Mail, read

BYTES = bytes(range(256)) * 3


def written(**headers):
    message = EmailMessage()
    known = {"From": "Portia <Portia@Belmont.example>", "To": "case-1@our.example"}
    for name, value in {**known, "Subject": "Requerimiento", **headers}.items():
        message[name.replace("_", "-")] = value
    message.set_content("Adjunto lo recibido.\n")
    return message


def test_who_what_and_to_whom():
    message = written(Cc="b@x.example, =?utf-8?q?Pe=C3=B1a=2C_Ana?= <ANA@x.example>")
    message["Message-ID"] = "<1@belmont.example>"
    message["References"] = "<a@x> <b@x>"
    mail = read(message.as_bytes())
    assert (mail.sender, mail.sender_name) == ("portia@belmont.example", "Portia")
    assert mail.recipients == {"case-1@our.example", "b@x.example", "ana@x.example"}
    assert (mail.subject, mail.message_id) == ("Requerimiento", "<1@belmont.example>")
    assert mail.references == ("<a@x>", "<b@x>")
    assert mail.text == "Adjunto lo recibido."
    assert not mail.broken
    assert not mail.automatic


def test_files_are_byte_for_byte():
    message = written()
    message.add_attachment(
        BYTES, maintype="application", subtype="pdf", filename="ñ.pdf"
    )
    message.add_attachment(
        "á;é\r\n".encode("latin-1"), maintype="text", subtype="csv", filename="a.csv"
    )
    files = read(message.as_bytes()).files
    assert [(one.name, one.mimetype) for one in files] == [
        ("ñ.pdf", "application/pdf"),
        ("a.csv", "text/csv"),
    ]
    assert [one.content for one in files] == [BYTES, b"\xe1;\xe9\r\n"]


def test_a_copy_has_the_same_digest():
    content = written().as_bytes()
    copy = b"Received: from somewhere\n" + content
    assert read(copy).digest == read(content).digest
    assert read(written(Subject="x").as_bytes()).digest != read(content).digest


def test_a_mail_in_a_mail_is_a_file():
    message = written()
    message.add_attachment(written(Subject="inside"))
    mail = read(message.as_bytes())
    assert [one.mimetype for one in mail.files] == ["message/rfc822"]
    assert b"Subject: inside" in mail.files[0].content
    assert mail.subject == "Requerimiento"


@pytest.mark.parametrize(
    ("headers", "automatic"),
    [
        ({}, ""),
        ({"Auto_Submitted": "no"}, ""),
        # a court's or a procurador's program that writes by itself answers nobody
        ({"Auto_Submitted": "auto-generated"}, ""),
        ({"Auto_Submitted": "auto-replied (vacation)"}, "reply"),
        ({"Precedence": "auto_reply"}, "reply"),
        ({"X_Autoreply": "yes"}, "reply"),
        ({"Return_Path": "<>"}, "bounce"),
        ({"From": "MAILER-DAEMON@x.example"}, "bounce"),
    ],
)
def test_what_a_machine_answers(headers, automatic):
    assert read(written(**headers).as_bytes()).automatic == automatic


OURS = "mx.our.example"


@pytest.mark.parametrize(
    ("results", "vouched"),
    [
        ([], False),
        ([f"{OURS}; dmarc=pass (p=REJECT) header.from=belmont.example"], True),
        ([f"{OURS} 1; dkim=pass header.d=belmont.example header.s=x"], True),
        ([f"{OURS}; dkim=pass header.i=@belmont.example"], True),
        ([f"{OURS}; dkim=pass header.d=evil.example"], False),
        ([f"{OURS}; dmarc=fail header.from=belmont.example"], False),
        ([f"{OURS}; spf=pass smtp.mailfrom=belmont.example"], False),
        (["mx.evil.example; dmarc=pass header.from=belmont.example"], False),
        # what the sender wrote stands below what our server wrote
        (
            [
                f"{OURS}; dmarc=none header.from=belmont.example",
                f"{OURS}; dmarc=pass header.from=belmont.example",
            ],
            False,
        ),
        ([f"{OURS}; none (dmarc=pass header.from=belmont.example)"], False),
    ],
)
def test_only_our_own_server_vouches(results, vouched):
    content = written().as_bytes()
    lines = "".join(f"Authentication-Results: {one}\n" for one in results)
    mail = read(lines.encode() + content)
    assert mail.is_vouched_for(OURS) is vouched
    assert not mail.is_vouched_for("")


BROKEN = (
    b"",
    b"\x00\xff\xfe",
    b"no header at all",
    b"From: =?utf-8?b?////?= <a@b.example>\nTo: <c@d.example\n\n\xff",
    (
        b"From: a@b.example\nTo: c@d.example\n"
        b"Content-Type: multipart/mixed; boundary=x\n\n--x\n"
        b"Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n\n!!!!\n"
    ),
    (
        b"From: a@b.example\nTo: c@d.example\n"
        b"Content-Type: text/plain; charset=klingon\n\n\xff\xfe"
    ),
)


@pytest.mark.parametrize("content", BROKEN)
def test_broken_mails_are_read_as_far_as_they_go(content):
    assert isinstance(read(content), Mail)


def test_what_breaks_off_is_said():
    assert read(BROKEN[0]).broken
    assert read(BROKEN[4]).broken


@given(st.binary(max_size=400))
def test_nothing_fails(content):
    prefix = b"From: a@b.example\nTo: c@d.example\n"
    assert isinstance(read(content), Mail)
    assert isinstance(read(prefix + content), Mail)
