"""Translated from templates/parts/metadata.yaml.j2 by `python -m sednactl.manifests.ready`; not to be edited."""

# ruff: noqa
# fmt: off
# mypy: ignore-errors
JINJA = "3.1.6"
SOURCE = '{# The metadata of every object. #}\n{% macro metadata_of(metadata) %}\nmetadata:\n  name: {{ metadata.name | yaml }}\n{% if metadata.namespace %}\n  namespace: {{ metadata.namespace | yaml }}\n{% endif %}\n{% if metadata.labels %}\n  labels: {{ metadata.labels | yaml }}\n{% endif %}\n{% if metadata.annotations %}\n  annotations: {{ metadata.annotations | yaml }}\n{% endif %}\n{% endmacro %}\n'
from sednactl.manifests.ready.running import Macro, TemplateRuntimeError, Undefined, internalcode, missing
name = 'parts/metadata.yaml.j2'

def root(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    l_0_metadata_of = missing
    try:
        t_1 = environment.filters['yaml']
    except KeyError:
        @internalcode
        def t_1(*unused):
            raise TemplateRuntimeError("No filter named 'yaml' found.")
    pass
    def macro(l_1_metadata):
        t_2 = []
        if l_1_metadata is missing:
            l_1_metadata = undefined("parameter 'metadata' was not provided", name='metadata')
        pass
        t_2.extend((
            'metadata:\n  name: ',
            str(t_1(environment.getattr(l_1_metadata, 'name'))),
            '\n',
        ))
        if environment.getattr(l_1_metadata, 'namespace'):
            pass
            t_2.extend((
                '  namespace: ',
                str(t_1(environment.getattr(l_1_metadata, 'namespace'))),
                '\n',
            ))
        if environment.getattr(l_1_metadata, 'labels'):
            pass
            t_2.extend((
                '  labels: ',
                str(t_1(environment.getattr(l_1_metadata, 'labels'))),
                '\n',
            ))
        if environment.getattr(l_1_metadata, 'annotations'):
            pass
            t_2.extend((
                '  annotations: ',
                str(t_1(environment.getattr(l_1_metadata, 'annotations'))),
                '\n',
            ))
        return concat(t_2)
    context.exported_vars.add('metadata_of')
    context.vars['metadata_of'] = l_0_metadata_of = Macro(environment, macro, 'metadata_of', ('metadata',), False, False, False, context.eval_ctx.autoescape)

blocks = {}
debug_info = '2=18&4=25&5=28&6=32&8=35&9=39&11=42&12=46'
