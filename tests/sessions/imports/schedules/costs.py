"""Time and memory of one refusal, measured in a process of its own."""

# In a process of its own: what a file costs is more than it leaves behind.
MEASURE = """
import re, sys, time, json
import django; django.setup()
import openpyxl
from django.utils import translation
from sessions.imports.schedules import open_schedule
from summit.imports.table_format import Refused
translation.activate("en")
content = sys.stdin.buffer.read()
name, begun = sys.argv[1], time.process_time()
try:
    open_schedule(name, content); said = ""
except Refused as refused:
    said = str(refused)
# Not getrusage: its peak is inherited from whoever started this process.
peak = int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024
print(json.dumps([said, time.process_time() - begun, peak]))
"""
