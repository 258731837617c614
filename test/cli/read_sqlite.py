"""Prints the tables of a database with their types, and their rows. usage: read_sqlite.py FILE"""
import sqlite3
import sys

database = sqlite3.connect(sys.argv[1])
for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall():
    columns = database.execute(f'PRAGMA table_info("{table}")').fetchall()
    print(table, *(f"{column[1]}:{column[2]}" for column in columns))
    order = "1, 2, 3" if table.startswith("llmsys_") else "rowid"
    for row in database.execute(f'SELECT * FROM "{table}" ORDER BY {order}'):
        print(row)
