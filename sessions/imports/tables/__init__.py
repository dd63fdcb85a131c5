"""Tables of sessions, people, organisations and rooms from anybody's sheet: its columns are mapped to ours first."""
