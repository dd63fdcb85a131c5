"""Sessions changed by those who may: texts, people, materials, files; two profiles made one; who can see what."""
