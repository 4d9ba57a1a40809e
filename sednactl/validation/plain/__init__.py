"""Quick tests of what is plain: where one says yes of a field's value, the rules that it stands for find nothing.

They are asked of every document, and no rule stands here, so that they can be compiled. In doubt they say no.
"""
