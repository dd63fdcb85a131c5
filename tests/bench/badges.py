"""How quick, small and lean badges are: ``make bench ARGS=badges``. Takes about twenty seconds.

Rates are badges per second of processor time, so that other work on the machine does not count; memory is the peak of
a process that does nothing else.
"""

import base64
import hashlib
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import django

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

RATE = 100.0
KEPT_RATE = 0.8
MEMORY = 350.0
SIZE = 1000.0
ONE = 60.0


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


def processor_time(work: Callable[[], bytes]) -> tuple[float, int]:
    """Seconds of processor time that ``work`` takes, and the bytes it makes."""
    begin = time.process_time()
    size = len(work())
    return time.process_time() - begin, size


def peak_memory(count: int) -> float:
    """Peak memory in MB of a fresh process that draws ``count`` badges."""
    answer = subprocess.run(
        [sys.executable, "-m", "tests.bench.badges", "--memory", str(count)], capture_output=True, text=True, check=True
    )
    return float(answer.stdout)


def report(measure: str, value: str, budget: str, kept: bool) -> bool:
    print(f"{'PASS' if kept else 'FAIL'}  {measure:<42} {value:>12}   (budget {budget})")
    return kept


def main() -> int:
    """0 when every budget is kept, else 1."""
    django.setup()
    from registration.badges import draw

    first = people(1)
    draw(first)
    ones = []
    for _ in range(30):
        begin = time.perf_counter()
        draw(first)
        ones.append((time.perf_counter() - begin) * 1000)
    one = statistics.median(ones)
    thousand, many = people(1000), people(5000)
    seconds, size = processor_time(lambda: draw(thousand))
    more_seconds, _ = processor_time(lambda: draw(many))
    rate, more_rate = 1000 / seconds, 5000 / more_seconds
    memory = peak_memory(1000)
    kept = [
        report("1,000 badges in one file", f"{rate:.0f} /s", f"{RATE:.0f} /s", rate >= RATE),
        report("5,000 badges in one file", f"{more_rate:.0f} /s", f"{RATE:.0f} /s", more_rate >= RATE),
        report("rate at 5,000 against 1,000", f"{more_rate / rate:.2f}", f"{KEPT_RATE}", more_rate >= KEPT_RATE * rate),
        report("peak memory, 1,000 badges", f"{memory:.0f} MB", f"{MEMORY:.0f} MB", memory <= MEMORY),
        report("size of a badge in a file of 1,000", f"{size / 1000:.0f} B", f"{SIZE:.0f} B", size / 1000 <= SIZE),
        report("one badge, warm", f"{one:.1f} ms", f"{ONE:.0f} ms", one <= ONE),
    ]
    return 0 if all(kept) else 1


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
