"""Translated from templates/parts/mining.yaml.j2 by `python -m sednactl.manifests.ready`; not to be edited."""

# ruff: noqa
# fmt: off
# mypy: ignore-errors
JINJA = "3.1.6"
SOURCE = '{# Hard example mining: which samples count as hard. #}\n{% macro mining(hem) %}\nhardExampleMining:\n  name: {{ hem.name | default("IBT") | yaml }}\n{% if hem.parameters %}\n  parameters: {{ hem.parameters | yaml }}\n{% endif %}\n{% endmacro %}\n'
from sednactl.manifests.ready.running import Macro, TemplateRuntimeError, Undefined, internalcode, missing
name = 'parts/mining.yaml.j2'

def root(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    l_0_mining = missing
    try:
        t_1 = environment.filters['default']
    except KeyError:
        @internalcode
        def t_1(*unused):
            raise TemplateRuntimeError("No filter named 'default' found.")
    try:
        t_2 = environment.filters['yaml']
    except KeyError:
        @internalcode
        def t_2(*unused):
            raise TemplateRuntimeError("No filter named 'yaml' found.")
    pass
    def macro(l_1_hem):
        t_3 = []
        if l_1_hem is missing:
            l_1_hem = undefined("parameter 'hem' was not provided", name='hem')
        pass
        t_3.extend((
            'hardExampleMining:\n  name: ',
            str(t_2(t_1(environment.getattr(l_1_hem, 'name'), 'IBT'))),
            '\n',
        ))
        if environment.getattr(l_1_hem, 'parameters'):
            pass
            t_3.extend((
                '  parameters: ',
                str(t_2(environment.getattr(l_1_hem, 'parameters'))),
                '\n',
            ))
        return concat(t_3)
    context.exported_vars.add('mining')
    context.vars['mining'] = l_0_mining = Macro(environment, macro, 'mining', ('hem',), False, False, False, context.eval_ctx.autoescape)

blocks = {}
debug_info = '2=24&4=31&5=34&6=38'
