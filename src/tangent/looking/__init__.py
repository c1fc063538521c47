"""Looking at derivatives: their text, what each of its lines stems from, what it keeps, and what it costs.

`facts` gathers what there is to say, as plain data; `text`, `terminal` and `page` show it; `timing` runs a derivative
with a clock between its statements.
"""
