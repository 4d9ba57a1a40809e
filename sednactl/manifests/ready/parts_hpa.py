"""Translated from templates/parts/hpa.yaml.j2 by `python -m sednactl.manifests.ready`; not to be edited."""

# ruff: noqa
# fmt: off
# mypy: ignore-errors
JINJA = "3.1.6"
SOURCE = '{# How a side scales; nothing at all where it does not. #}\n{% macro hpa(side) %}\n{% if side.hpa %}\nhpa:\n  minReplicas: {{ side.hpa.minReplicas | yaml }}\n  maxReplicas: {{ side.hpa.maxReplicas | yaml }}\n  metrics: {{ side.hpa.metrics | yaml }}\n{% if side.hpa.behavior %}\n  behavior: {{ side.hpa.behavior | yaml }}\n{% endif %}\n{% endif %}\n{% endmacro %}\n'
from sednactl.manifests.ready.running import Macro, TemplateRuntimeError, Undefined, internalcode, missing
name = 'parts/hpa.yaml.j2'

def root(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    l_0_hpa = missing
    try:
        t_1 = environment.filters['yaml']
    except KeyError:
        @internalcode
        def t_1(*unused):
            raise TemplateRuntimeError("No filter named 'yaml' found.")
    pass
    def macro(l_1_side):
        t_2 = []
        if l_1_side is missing:
            l_1_side = undefined("parameter 'side' was not provided", name='side')
        pass
        if environment.getattr(l_1_side, 'hpa'):
            pass
            t_2.extend((
                'hpa:\n  minReplicas: ',
                str(t_1(environment.getattr(environment.getattr(l_1_side, 'hpa'), 'minReplicas'))),
                '\n  maxReplicas: ',
                str(t_1(environment.getattr(environment.getattr(l_1_side, 'hpa'), 'maxReplicas'))),
                '\n  metrics: ',
                str(t_1(environment.getattr(environment.getattr(l_1_side, 'hpa'), 'metrics'))),
                '\n',
            ))
            if environment.getattr(environment.getattr(l_1_side, 'hpa'), 'behavior'):
                pass
                t_2.extend((
                    '  behavior: ',
                    str(t_1(environment.getattr(environment.getattr(l_1_side, 'hpa'), 'behavior'))),
                    '\n',
                ))
        return concat(t_2)
    context.exported_vars.add('hpa')
    context.vars['hpa'] = l_0_hpa = Macro(environment, macro, 'hpa', ('side',), False, False, False, context.eval_ctx.autoescape)

blocks = {}
debug_info = '2=18&3=23&5=27&6=29&7=31&8=34&9=38'
