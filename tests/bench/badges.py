"""How quick, small and lean badges are: drawing alone, and the whole job an organiser starts for many people.

Figures are units a badge, in processor time, so that other work on the machine does not count; memory is the peak of a
process that does nothing else.
"""

import base64
import hashlib
import os
import resource
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import django

from tests.bench import unit, world

if TYPE_CHECKING:
    from registration.badges import Face

__test__ = False

FAMILIES = "김 이 박 최 정 강 조 윤 장 임 한 오 서 신 권 황 안 송 전 홍 유 고 문 양 손 배 백 허 남 심 노 하".split()
SYLLABLES = "민 서 지 현 우 준 예 은 수 영 진 호 성 경 재 희 윤 도 연 아 나 혜 정 인 승 원 태 건 규 동 빛 솔 별".split()
ORGANISATIONS = (
    "행정안전부 디지털정부국",
    "서울특별시 데이터정책과",
    "국민권익위원회 청렴연수원",
    "Korea Institute of Public Administration",
    "참여연대 열린정부팀",
    "Open Government Partnership",
)
CATEGORIES = (
    ("대표단", "#0b3d91"),
    ("시민사회", "#0b6b62"),
    ("연사", "#8f3d00"),
    ("언론", "#4a35b8"),
    ("운영진", "#14181f"),
)

BADGE, JOB, ONE = 4.0, 5.0, 15.0  # units a badge: drawn among many, in the whole job, alone
GROWTH = 1.25  # a badge among 5,000 against one among 1,000
MEMORY = 350.0  # MB
SIZE = 1000.0  # bytes a badge


def people(count: int) -> list["Face"]:
    """``count`` different faces, every time the same."""
    from registration.badges import Face

    faces = []
    for number in range(count):
        digest = hashlib.sha512(str(number).encode()).digest()
        category, colour = CATEGORIES[digest[0] % len(CATEGORIES)]
        given = SYLLABLES[digest[1] % len(SYLLABLES)] + SYLLABLES[digest[2] % len(SYLLABLES)]
        faces.append(
            Face(
                primary=FAMILIES[digest[3] % len(FAMILIES)] + given,
                secondary=f"Minseo{number % 97} Kim",
                organisation=ORGANISATIONS[digest[4] % len(ORGANISATIONS)],
                job_title="사무관",
                country="대한민국",
                category=category,
                colour=colour,
                attendance="현장 참석",
                # As long as a signed ticket.
                token="S1:" + base64.b32encode(digest + digest[:21]).decode().rstrip("="),
                reference=digest.hex()[:8].upper(),
                summit="2021 열린정부파트너십 글로벌 서밋",
                dates="2021년 12월 15–17일 · 서울",
                language="ko",
            )
        )
    return faces


def peak_memory(count: int) -> float:
    """Peak memory in MB of a fresh process that draws ``count`` badges."""
    answer = subprocess.run(
        [sys.executable, "-m", "tests.bench.badges", "--memory", str(count)], capture_output=True, text=True, check=True
    )
    return float(answer.stdout)


def job(summit) -> tuple[unit.Figure, float]:
    """(a badge's share of a job from the organiser's button to its file, the file's bytes) for all who are confirmed."""
    from registration.badges import printing
    from registration.models import BadgeJob, BadgePrint
    from tests import factories as make

    organiser = make.make_user("badges@team.example", summit=summit, role="organiser")
    rows = list(summit.registrations.filter(state="confirmed").values_list("pk", flat=True))

    def drawn() -> BadgeJob:
        started = printing.start_job(summit, rows, layout="A6", by=organiser)
        printing.run_job(started)
        return BadgeJob.objects.get(pk=started.pk)

    took, done = unit.once(drawn)
    assert done.state == "done" and BadgePrint.objects.filter(job=done).count() == len(rows), done.error
    return took / len(rows), done.file.size


def main() -> int:
    """0 when every budget is kept, else 1."""
    folder = world.prepare()
    try:
        from registration.badges import draw

        first = people(1)
        draw(first)
        one = unit.least(lambda: draw(first), 30)
        thousand, many = people(1000), people(5000)
        few, drawn = unit.once(lambda: draw(thousand))
        more, _drawn = unit.once(lambda: draw(many))
        memory, size = peak_memory(1000), len(drawn) / 1000
        growth = (more / 5000).units / (few / 1000).units
        summit = world.registered("badges2000", 2000)
        whole, file = job(summit)
        results = [
            world.within("a badge of 1,000 in one file", few / 1000, BADGE, f"{1000 / few.seconds:.0f}/s"),
            world.within("a badge of 5,000 in one file", more / 5000, BADGE, f"{5000 / more.seconds:.0f}/s"),
            world.verdict("5,000 against 1,000, a badge", growth <= GROWTH, f"{growth:.2f} (at most {GROWTH})"),
            world.within("a badge of 2,000, the whole job", whole, JOB, f"{file // 1000} kB"),
            world.verdict("peak memory, 1,000 badges", memory <= MEMORY, f"{memory:.0f} MB (at most {MEMORY:.0f})"),
            world.verdict("size of a badge among 1,000", size <= SIZE, f"{size:.0f} bytes (at most {SIZE:.0f})"),
            world.within("one badge, warm", one, ONE),
        ]
        return not all(results)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def memory_main(count: int) -> int:
    """What the fresh process does: prints its peak memory in MB."""
    from registration.badges import draw

    draw(people(count))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    return 0


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "summit.settings")
    django.setup()
    sys.exit(memory_main(int(sys.argv[2])) if sys.argv[1:2] == ["--memory"] else main())
